// SPDX-License-Identifier: Apache-2.0
#include "runtime/rarely.hpp"

#include <gtest/gtest.h>

namespace mmsgate::runtime {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class HandClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return TimePoint(passed + set); }
  [[nodiscard]] Duration stepped() const override { return set; }
  Duration passed = hours(1);
  Duration set{};
};

TEST(Rarely, IsTimeAtFirstAndThenOnceInAPause) {
  HandClock clock;
  Rarely rarely(clock, minutes(10));
  EXPECT_TRUE(rarely.is_time());
  EXPECT_FALSE(rarely.is_time());
  clock.passed += minutes(10) - Duration(1);
  EXPECT_FALSE(rarely.is_time());
  clock.passed += Duration(1);
  EXPECT_TRUE(rarely.is_time());
  EXPECT_FALSE(rarely.is_time());
}

TEST(Rarely, GoesByTheTimeThatHasPassedWhateverTheClockIsSetTo) {
  HandClock clock;
  Rarely rarely(clock, minutes(10));
  EXPECT_TRUE(rarely.is_time());
  clock.set = hours(5);
  EXPECT_FALSE(rarely.is_time());
  clock.set = -hours(5);
  EXPECT_FALSE(rarely.is_time());
  clock.passed += minutes(10);
  EXPECT_TRUE(rarely.is_time());
}

}  // namespace
}  // namespace mmsgate::runtime
