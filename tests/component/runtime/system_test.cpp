// SPDX-License-Identifier: Apache-2.0
#include "runtime/system.hpp"

#include <gtest/gtest.h>

#include <set>

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
