// SPDX-License-Identifier: Apache-2.0
#include "runtime/system.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <vector>

namespace mmsgate::runtime {
namespace {

TEST(SystemClock, TellsTheTimeOfTheWallInMilliseconds) {
  const SystemClock clock;
  const auto wall = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
  const TimePoint before = wall();
  const TimePoint now = clock.now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, wall());
}

class SetClock : public testing::Test {
 protected:
  SetClock() {
    clock_.on_step([this](Duration by) { steps_.push_back(by); });
  }
  void pass(Duration time) {
    reading_.wall += time;
    reading_.uptime += time;
  }
  SystemClock::Reading reading_{.wall = std::chrono::hours(24 * 20'000), .uptime = std::chrono::hours(1)};
  SystemClock clock_{[this] { return reading_; }};
  std::vector<Duration> steps_;
};

TEST_F(SetClock, TimeThatPassesIsNoStep) {
  pass(std::chrono::hours(100));
  EXPECT_EQ(clock_.now().time_since_epoch(), reading_.wall);
  EXPECT_TRUE(steps_.empty());
}

TEST_F(SetClock, IsNoticedForwardAndBackOnceEach) {
  reading_.wall += std::chrono::hours(48);
  static_cast<void>(clock_.now());
  static_cast<void>(clock_.now());
  EXPECT_EQ(steps_, (std::vector<Duration>{std::chrono::hours(48)}));
  EXPECT_EQ(clock_.stepped(), std::chrono::hours(48));
  reading_.wall -= std::chrono::hours(49);
  static_cast<void>(clock_.now());
  EXPECT_EQ(steps_.back(), std::chrono::hours(-49));
  EXPECT_EQ(clock_.stepped(), std::chrono::hours(-1));
}

TEST_F(SetClock, SmallCorrectionsAreNoStepsHoweverManyThereAre) {
  for (int i = 0; i < 100; ++i) {
    reading_.wall += std::chrono::seconds(1);
    static_cast<void>(clock_.now());
  }
  EXPECT_TRUE(steps_.empty());
}

TEST(SystemClock, AReadingThatAnotherThreadTookBeforeTheStepIsNoStepBack) {
  const SystemClock::Reading before{.wall = std::chrono::hours(1000), .uptime = std::chrono::hours(1)};
  const SystemClock::Reading after{.wall = std::chrono::hours(1720), .uptime = std::chrono::hours(1)};
  std::vector<SystemClock::Reading> readings = {before, after, after, before, after};
  auto next = readings.begin();
  SystemClock clock([&next] { return *next++; });
  std::vector<Duration> steps;
  clock.on_step([&steps](Duration by) { steps.push_back(by); });
  static_cast<void>(clock.now());  // the step is seen
  static_cast<void>(clock.now());  // by one who had read the clock before it
  EXPECT_EQ(steps, (std::vector<Duration>{std::chrono::hours(720)}));
}

TEST(SystemRandom, GivesAllBitsAndNeverTheSame) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  std::uint64_t ones = 0;
  std::uint64_t zeros = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = random.next();
    seen.insert(value);
    ones |= value;
    zeros |= ~value;
  }
  EXPECT_EQ(seen.size(), 1000U);
  EXPECT_EQ(ones, ~std::uint64_t{0});
  EXPECT_EQ(zeros, ~std::uint64_t{0});
}

}  // namespace
}  // namespace mmsgate::runtime
