// SPDX-License-Identifier: Apache-2.0
#include "core/retry_policy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <vector>

#include "support/fake_random.hpp"

namespace mmsgate {
namespace {

using namespace std::chrono_literals;

/// Gives what it is told, the last value for ever.
class ScriptedRandom final : public Random {
 public:
  ScriptedRandom(std::initializer_list<std::uint64_t> values) : values_(values) {}
  [[nodiscard]] std::uint64_t next() override { return values_[std::min(at_++, values_.size() - 1)]; }

 private:
  std::vector<std::uint64_t> values_;
  std::size_t at_ = 0;
};

constexpr int kManyTries[] = {1, 2, 3, 8, 9, 10, 30, 31, 32, 33, 63, 64, 65, 1000, std::numeric_limits<int>::max()};

/// The wait in the middle of the swing.
Duration middle(const RetryPolicy& policy, int tries) {
  ScriptedRandom lowest{0};
  const Duration low = policy.wait(tries, lowest);
  return low * 4 / 3;
}

TEST(RetryPolicy, DoublesUpToTheLongest) {
  const RetryPolicy policy{.first = 2s, .longest = 10min};
  EXPECT_EQ(middle(policy, 1), 2s);
  EXPECT_EQ(middle(policy, 2), 4s);
  EXPECT_EQ(middle(policy, 3), 8s);
  EXPECT_EQ(middle(policy, 9), 512s);
  EXPECT_EQ(middle(policy, 10), 10min);
  EXPECT_EQ(middle(policy, 11), 10min);
}

TEST(RetryPolicy, SwingsByAQuarterAndReachesBothEnds) {
  const RetryPolicy policy{.first = 2s, .longest = 10min};
  ScriptedRandom lowest{0};
  EXPECT_EQ(policy.wait(1, lowest), 1500ms);
  ScriptedRandom highest{1000};  // of 0 ... 1000
  EXPECT_EQ(policy.wait(1, highest), 2500ms);
  ScriptedRandom beyond{1001};
  EXPECT_EQ(policy.wait(1, beyond), 1500ms);
}

TEST(RetryPolicy, StaysWithinAQuarterWhateverRandomGives) {
  const RetryPolicy policy{.first = 2s, .longest = 10min};
  testing_support::CountingRandom random;
  for (const int tries : kManyTries) {
    const Duration base = middle(policy, tries);
    for (int i = 0; i < 1000; ++i) {
      const Duration wait = policy.wait(tries, random);
      ASSERT_GE(wait, base * 3 / 4) << tries;
      ASSERT_LE(wait, base * 5 / 4) << tries;
    }
  }
}

TEST(RetryPolicy, ScattersWhatFailedTogether) {
  const RetryPolicy policy;
  testing_support::CountingRandom random;
  const Duration first = policy.wait(1, random);
  EXPECT_NE(policy.wait(1, random), first);
}

TEST(RetryPolicy, NoNumberOfTriesOverflows) {
  testing_support::CountingRandom random;
  for (const Duration first : std::initializer_list<Duration>{1ms, 2s, 24h, 24h * 365}) {
    const RetryPolicy policy{.first = first, .longest = 24h * 365};
    for (const int tries : kManyTries) {
      const Duration wait = policy.wait(tries, random);
      ASSERT_GE(wait, 0ms) << tries;
      ASSERT_LE(wait, policy.longest * 5 / 4) << tries;
    }
  }
}

TEST(RetryPolicy, ATryThatNeverWasWaitsAsTheFirst) {
  const RetryPolicy policy{.first = 2s};
  for (const int tries : {0, -1, std::numeric_limits<int>::min()}) EXPECT_EQ(middle(policy, tries), 2s) << tries;
}

// A wait of no time swung to a millisecond before now.
TEST(RetryPolicy, NoWaitIsNeverLessThanNothing) {
  for (const Duration first : {0ms, 1ms, 2ms, 3ms}) {
    const RetryPolicy policy{.first = first};
    for (std::uint64_t random = 0; random < 8; ++random) {
      ScriptedRandom scripted{random};
      EXPECT_GE(policy.wait(1, scripted), first * 3 / 4);
    }
  }
}

TEST(RetryPolicy, TriesAgainAfterTheWait) {
  const RetryPolicy policy{.first = 2s, .longest = 10min, .give_up_after = 1h};
  const TimePoint born = from_unix_ms(1'000'000'000'000);
  ScriptedRandom lowest{0};
  EXPECT_EQ(policy.next_try(1, born, born + 1min, lowest), born + 1min + 1500ms);
}

TEST(RetryPolicy, EndsByAgeAndNotByCount) {
  const RetryPolicy policy{.first = 2s, .longest = 10min, .give_up_after = 1h};
  const TimePoint born = from_unix_ms(1'000'000'000'000);
  testing_support::CountingRandom random;
  EXPECT_TRUE(policy.next_try(std::numeric_limits<int>::max(), born, born + 59min, random));
  EXPECT_TRUE(policy.next_try(1, born, born + 1h - 1ms, random));
  EXPECT_FALSE(policy.next_try(1, born, born + 1h, random));
  EXPECT_FALSE(policy.next_try(1, born, born + 24h, random));
}

TEST(RetryPolicy, MakesOneLastTryWhenItsTimeEnds) {
  const RetryPolicy policy{.first = 2s, .longest = 10min, .give_up_after = 1h};
  const TimePoint born = from_unix_ms(1'000'000'000'000);
  testing_support::CountingRandom random;
  EXPECT_EQ(policy.next_try(20, born, born + 55min, random), born + 1h);
}

TEST(RetryPolicy, OfAMessageThatNothingTakesEnds) {
  const RetryPolicy policy{.first = 2s, .longest = 10min, .give_up_after = 24h * 5};
  const TimePoint born = from_unix_ms(1'000'000'000'000);
  testing_support::CountingRandom random;
  int tries = 0;
  TimePoint now = born;
  for (std::optional<TimePoint> next = now; next; next = policy.next_try(++tries, born, now, random)) {
    ASSERT_LT(tries, 2000);
    ASSERT_TRUE(tries == 0 || *next > now) << "a loop without a pause";
    now = *next;
  }
  EXPECT_EQ(now, born + 24h * 5);
  EXPECT_GT(tries, 570);  // 5 days of ten minutes and a quarter
}

}  // namespace
}  // namespace mmsgate
