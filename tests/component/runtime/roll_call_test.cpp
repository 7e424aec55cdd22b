// SPDX-License-Identifier: Apache-2.0
#include "runtime/roll_call.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "runtime/loop.hpp"
#include "support/eventually.hpp"

namespace mmsgate::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RollCall, WhoTurnsIsNotMissed) {
  Loop loop("turns");
  RollCall roll;
  std::atomic<int> asked = 0;
  roll.add("turns", [&](RollCall::Present present) {
    ++asked;
    loop.post(std::move(present));
  });
  EXPECT_THAT(roll.call(), IsEmpty()) << "nobody was asked before";
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(testing_support::eventually([&] { return roll.call().empty(); }));
  EXPECT_EQ(asked, 2) << "whoever answered is asked anew";
}

TEST(RollCall, WhoHangsIsNamedUntilItTurnsAndNobodyElseIs) {
  Loop well("well");
  Loop hangs("hangs");
  std::latch mended(1);
  hangs.post([&] { mended.wait(); });
  RollCall roll;
  roll.add("well", [&](RollCall::Present present) { well.post(std::move(present)); });
  roll.add("hangs", [&](RollCall::Present present) { hangs.post(std::move(present)); });
  EXPECT_THAT(roll.call(), IsEmpty());
  EXPECT_TRUE(testing_support::eventually([&] { return roll.call() == std::vector<std::string>{"hangs"}; }));
  EXPECT_THAT(roll.call(), ElementsAre("hangs"));
  mended.count_down();
  EXPECT_TRUE(testing_support::eventually([&] { return roll.call().empty(); }));
}

TEST(RollCall, WhoDropsTheQuestionIsMissed) {
  RollCall roll;
  roll.add("ended", [](const RollCall::Present& /*present*/) {});
  EXPECT_THAT(roll.call(), IsEmpty());
  EXPECT_THAT(roll.call(), ElementsAre("ended"));
}

}  // namespace
}  // namespace mmsgate::runtime
