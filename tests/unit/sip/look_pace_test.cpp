// SPDX-License-Identifier: Apache-2.0
#include "sip/look_pace.hpp"

#include <gtest/gtest.h>

namespace mmsgate::sip {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const LookPace::Time kBegin = LookPace::Time() + std::chrono::hours(1);

TEST(LookPace, TheFirstLookIsWhenItIsWanted) {
  EXPECT_EQ(LookPace().next(kBegin, milliseconds(50)), kBegin + milliseconds(50));
}

TEST(LookPace, AQuickLookHoldsUpNothing) {
  LookPace pace;
  pace.looked(kBegin, milliseconds(1));
  EXPECT_EQ(pace.next(kBegin, milliseconds(50)), kBegin + milliseconds(50));
}

// The adversary: connections that come and go had all descriptors walked along each 50 ms, however many there are.
TEST(LookPace, LooksThatTakeLongAreRare) {
  LookPace pace;
  LookPace::Time now = kBegin;
  std::chrono::nanoseconds busy{0};
  constexpr milliseconds kTakes{200};
  while (now - kBegin < seconds(100)) {
    const LookPace::Time at = pace.next(now, milliseconds(50));
    now = at + kTakes;
    busy += kTakes;
    pace.looked(now, kTakes);
  }
  EXPECT_LE(busy * 10, now - kBegin);
  EXPECT_GE(busy * 12, now - kBegin) << "and not rarer than they must be";
}

TEST(LookPace, OneThatWasSlowIsForgottenAfterAQuickOne) {
  LookPace pace;
  pace.looked(kBegin, seconds(1));
  EXPECT_EQ(pace.next(kBegin, milliseconds(50)), kBegin + seconds(10));
  pace.looked(kBegin + seconds(10), milliseconds(1));
  EXPECT_EQ(pace.next(kBegin + seconds(10), milliseconds(50)), kBegin + seconds(10) + milliseconds(50));
}

}  // namespace
}  // namespace mmsgate::sip
