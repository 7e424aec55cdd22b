// SPDX-License-Identifier: Apache-2.0
// The tokens of the web hook: kept, used, replaced.
#include <gmock/gmock.h>

#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HookTokens : public StoreTest {
 protected:
  Result<bool> add(const std::string& token) {
    return wait_for<bool>([&](Done<bool> done) { store_->add_hook_token(token, kNow, std::move(done)); });
  }
  Removal remove(std::int64_t number, bool even_the_last = false) {
    return wait_for<Removal>(
               [&](Done<Removal> done) { store_->remove_hook_token(number, even_the_last, std::move(done)); })
        .value();
  }
  void note_use(const std::string& token, TimePoint at) {
    EXPECT_EQ(wait_for<bool>([&](Done<bool> done) { store_->note_hook_use(token, at, std::move(done)); }), true);
  }
  std::vector<std::string> tokens() {
    std::vector<std::string> texts;
    const auto all = store_->hook_tokens().value();
    for (const HookToken& each : all) texts.push_back(each.token);
    return texts;
  }
};

TEST_F(HookTokens, AreThereAfterTheNextStartWithTheirTimes) {
  EXPECT_THAT(tokens(), IsEmpty());
  EXPECT_EQ(add("first"), true);
  EXPECT_EQ(add("second"), true);
  note_use("second", kNow + std::chrono::hours(1));
  reopen();
  const auto all = store_->hook_tokens().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].token, "first");
  EXPECT_EQ(all[0].made_at, kNow);
  EXPECT_EQ(all[0].last_used_at, std::nullopt);
  EXPECT_EQ(all[1].last_used_at, kNow + std::chrono::hours(1));
}

TEST_F(HookTokens, TheLastGoesOnlyWhenItIsMeant) {
  static_cast<void>(add("first"));
  EXPECT_EQ(remove(1), Removal::is_the_last);
  EXPECT_THAT(tokens(), ElementsAre("first"));
  static_cast<void>(add("second"));
  EXPECT_EQ(remove(7), Removal::not_there);
  EXPECT_EQ(remove(1), Removal::removed);
  EXPECT_THAT(tokens(), ElementsAre("second"));
  EXPECT_EQ(remove(2, /*even_the_last=*/true), Removal::removed);
  EXPECT_THAT(tokens(), IsEmpty());
}

TEST_F(HookTokens, ANumberIsNeverUsedAgain) {
  static_cast<void>(add("first"));
  static_cast<void>(add("second"));
  EXPECT_EQ(remove(2), Removal::removed);
  static_cast<void>(add("third"));
  EXPECT_EQ(store_->hook_tokens()->back().number, 3);
}

}  // namespace
}  // namespace mmsgate::store::kit
