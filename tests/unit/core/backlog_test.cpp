// SPDX-License-Identifier: Apache-2.0
#include "core/backlog.hpp"

#include <gtest/gtest.h>

namespace mmsgate {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimePoint kStart{seconds(1'800'000'000)};

class BacklogTest : public testing::Test {
 protected:
  /// A claim `after` the one before, with `ready` to be counted; `gone` tries have ended since.
  int claim(Duration after, int ready, int gone = 0, bool is_full = true) {
    now_ += after;
    for (int n = 0; n < gone; ++n) backlog_.gone();
    const int to = backlog_.count_to(now_);
    backlog_.claimed(now_, is_full, std::min(ready, to));
    return to;
  }
  Backlog backlog_;
  TimePoint now_ = kStart;
};

TEST_F(BacklogTest, CountsOnceASecondWhileItIsFull) {
  EXPECT_EQ(claim({}, 0), 0) << "its pace is not known yet";
  EXPECT_EQ(claim(milliseconds(999), 0), 0);
  EXPECT_EQ(claim(milliseconds(1), 0), Backlog::kMany);
  EXPECT_EQ(claim(milliseconds(999), 0), 0);
  EXPECT_EQ(claim(milliseconds(1), 0), Backlog::kMany);
}

TEST_F(BacklogTest, IsBehindWhenManyAreReadyAndFewGo) {
  claim({}, 0);
  claim(seconds(1), Backlog::kMany - 1, 10);
  EXPECT_FALSE(backlog_.is_behind());
  claim(seconds(1), Backlog::kMany, 10);
  EXPECT_TRUE(backlog_.is_behind());
  claim(milliseconds(500), 0, 10);
  EXPECT_TRUE(backlog_.is_behind()) << "nobody has counted again";
  claim(milliseconds(500), Backlog::kMany - 1, 10);
  EXPECT_FALSE(backlog_.is_behind());
}

TEST_F(BacklogTest, ManyAreNotTooManyForWhoIsFast) {
  claim({}, 0);
  EXPECT_EQ(claim(seconds(1), 9'999, 2000), 10'000) << "five seconds of 2000";
  EXPECT_FALSE(backlog_.is_behind());
  EXPECT_EQ(claim(seconds(2), 10'000, 4000), 10'000);
  EXPECT_TRUE(backlog_.is_behind());
}

TEST_F(BacklogTest, WhereThereIsRoomNothingIsBehind) {
  claim({}, 0);
  claim(seconds(1), Backlog::kMany);
  ASSERT_TRUE(backlog_.is_behind());
  EXPECT_EQ(claim(milliseconds(1), 0, 0, false), 0);
  EXPECT_FALSE(backlog_.is_behind()) << "without a count";
}

// What comes at once after an hour of nothing is not measured by that hour.
TEST_F(BacklogTest, TimeInWhichItWasNotFullIsNotItsPace) {
  claim({}, 0, 1, false);
  EXPECT_EQ(claim(seconds(3600), 50'000), 0);
  EXPECT_FALSE(backlog_.is_behind());
  EXPECT_EQ(claim(seconds(1), 50'000, 10'001), 50'005);
  EXPECT_FALSE(backlog_.is_behind());
}

TEST_F(BacklogTest, AClockThatIsSetBackALittleKeepsNobodyWaiting) {
  claim({}, 0);
  claim(seconds(1), Backlog::kMany);
  ASSERT_TRUE(backlog_.is_behind());
  EXPECT_EQ(claim(seconds(-9), 0, 10), Backlog::kMany);
  EXPECT_FALSE(backlog_.is_behind());
}

// A carrier that hangs lets nothing go; what is ready waits all the same.
TEST_F(BacklogTest, WhereNothingGoesManyAreTooMany) {
  claim({}, 0);
  claim(seconds(30), Backlog::kMany, 0);
  EXPECT_TRUE(backlog_.is_behind());
}

}  // namespace
}  // namespace mmsgate
