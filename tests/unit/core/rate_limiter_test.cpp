// SPDX-License-Identifier: Apache-2.0
// By a clock that the test moves.
#include "core/rate_limiter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mmsgate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Limiter = RateLimiter<std::string>;

class RateLimiterTest : public testing::Test {
 protected:
  /// How many of `tries` at this moment get through.
  int through(Limiter& limiter, int tries, const std::string& client = "192.0.2.1") const {
    int passed = 0;
    for (int i = 0; i < tries; ++i) passed += limiter.take(client, now_) ? 0 : 1;
    return passed;
  }
  std::chrono::steady_clock::time_point now_{seconds(1'000'000)};
};

TEST_F(RateLimiterTest, SoManyAMinuteAndNotMore) {
  Limiter limiter(60);
  EXPECT_EQ(through(limiter, 100), 60) << "a burst";
  now_ += seconds(10);
  EXPECT_EQ(through(limiter, 100), 10);
  now_ += std::chrono::hours(1);
  EXPECT_EQ(through(limiter, 100), 60) << "what was not used is not saved up";
}

TEST_F(RateLimiterTest, SaysWhenItIsWorthwhileToComeAgain) {
  Limiter limiter(6);
  EXPECT_EQ(through(limiter, 6), 6);
  EXPECT_EQ(limiter.take("192.0.2.1", now_), seconds(10));
  now_ += milliseconds(9'500);
  EXPECT_EQ(limiter.take("192.0.2.1", now_), seconds(1));
  now_ += seconds(1);
  EXPECT_EQ(limiter.take("192.0.2.1", now_), std::nullopt);
}

TEST_F(RateLimiterTest, WhoKnocksOnGetsInAllTheSame) {
  Limiter limiter(60);
  int passed = 0;
  for (int i = 0; i < 600; ++i, now_ += milliseconds(100)) passed += through(limiter, 1);
  EXPECT_NEAR(passed, 120, 1) << "a burst, and one each second of the minute";
}

TEST_F(RateLimiterTest, OneClientIsNotInTheWayOfAnother) {
  Limiter limiter(2);
  EXPECT_EQ(through(limiter, 9, "192.0.2.1"), 2);
  EXPECT_EQ(through(limiter, 9, "192.0.2.2"), 2);
  EXPECT_EQ(through(limiter, 9, "2001:db8::1"), 2);
}

TEST_F(RateLimiterTest, CanBeGivenAnotherRate) {
  Limiter limiter(60);
  EXPECT_EQ(through(limiter, 100), 60);
  limiter.set_most(6);
  now_ += seconds(20);
  EXPECT_EQ(through(limiter, 100), 2);
  limiter.set_most(0);
  EXPECT_EQ(through(limiter, 1000), 1000);
  limiter.set_most(120);
  EXPECT_EQ(through(limiter, 100, "192.0.2.2"), 100);
}

TEST_F(RateLimiterTest, SoManyMayComeInAnotherTimeToo) {
  Limiter limiter(8, std::chrono::minutes(80), 100);
  const std::string who = "192.0.2.1";
  EXPECT_TRUE(limiter.has_left(who, now_));
  EXPECT_EQ(through(limiter, 100), 8);
  EXPECT_FALSE(limiter.has_left(who, now_));
  now_ += std::chrono::minutes(10);
  EXPECT_TRUE(limiter.has_left(who, now_)) << "asking takes nothing off";
  EXPECT_EQ(through(limiter, 100), 1);
}

TEST_F(RateLimiterTest, NoLimitIsNone) {
  Limiter limiter(0);
  EXPECT_EQ(through(limiter, 10'000), 10'000);
  EXPECT_EQ(limiter.remembered(), 0U);
}

TEST_F(RateLimiterTest, ItsMemoryIsBoundedAndKeepsThoseWhoCameLast) {
  Limiter limiter(2, 100);
  EXPECT_EQ(through(limiter, 3, "192.0.2.1"), 2);
  for (int i = 0; i < 10'000; ++i) {
    static_cast<void>(through(limiter, 1, "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
    const int again = i % 50 == 0 ? through(limiter, 1, "192.0.2.1") : 0;
    EXPECT_EQ(again, 0) << "he is still known";
  }
  EXPECT_EQ(limiter.remembered(), 100U);
  EXPECT_EQ(through(limiter, 3, "10.0.0.1"), 2) << "he was forgotten long ago";
}

}  // namespace
}  // namespace mmsgate
