// SPDX-License-Identifier: Apache-2.0
// The tokens while the gateway runs: one is there from the start, and what changes in the store counts at once.
#include "gateway/hook_tokens.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "component/gateway/engine_fixture.hpp"
#include "crypto/secret.hpp"
#include "support/eventually.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing_support::eventually;

/// A clock that stands until it is moved.
class HandClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  void move(Duration by) { now_ = now_.load() + by; }

 private:
  std::atomic<TimePoint> now_ = from_unix_ms(1'800'000'000'000);
};

class HookTokensTest : public EngineTest {
 protected:
  void SetUp() override {
    log_ = runtime::Log::open(runtime::LogLevel::debug, folder_.file("log")).value();
    start();
  }
  World with_hand_clock() {
    settings_book_.replace(settings_);
    return {hand_, random_, *log_, *store_, *loop_, *work_, book_, settings_book_, link_keys_};
  }
  [[nodiscard]] std::string logged() const {
    std::ifstream in(folder_.file("log"));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::ptrdiff_t times_logged(const std::string& words) const {
    const std::string text = logged();
    std::ptrdiff_t count = 0;
    for (auto at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) ++count;
    return count;
  }
  std::optional<TimePoint> last_use() { return store_->hook_tokens()->front().last_used_at; }
  HandClock hand_;
};

TEST_F(HookTokensTest, TheFirstStartMakesOneAndTheNextKeepsIt) {
  HookTokens first(with_hand_clock());
  ASSERT_TRUE(first.start());
  const auto made = store_->hook_tokens().value();
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_TRUE(crypto::looks_like_secret(made.front().token));
  EXPECT_TRUE(first.knows(made.front().token));
  HookTokens second(with_hand_clock());
  ASSERT_TRUE(second.start());
  EXPECT_THAT(store_->hook_tokens().value(), SizeIs(1));
  EXPECT_TRUE(second.knows(made.front().token));
}

TEST_F(HookTokensTest, NothingElseIsKnown) {
  HookTokens tokens(with_hand_clock());
  ASSERT_TRUE(tokens.start());
  std::string guess = store_->hook_tokens()->front().token;
  guess.back() = guess.back() == '0' ? '1' : '0';
  for (const std::string& wrong : {guess, guess.substr(1), std::string(), guess + guess})
    EXPECT_FALSE(tokens.knows(wrong));
}

TEST_F(HookTokensTest, WhatChangedInTheStoreCountsWhenItIsSaid) {
  HookTokens tokens(with_hand_clock());
  ASSERT_TRUE(tokens.start());
  store_->add_hook_token("another", hand_.now(), [](const Result<bool>&) {});
  store_->remove_hook_token(1, false, [](const Result<store::Removal>&) {});
  ASSERT_TRUE(eventually([&] { return store_->hook_tokens()->front().token == "another"; }));
  EXPECT_FALSE(tokens.knows("another"));
  ASSERT_TRUE(tokens.read_again());
  EXPECT_TRUE(tokens.knows("another"));
}

TEST_F(HookTokensTest, AUseIsWrittenDownOnceAMinute) {
  HookTokens tokens(with_hand_clock());
  ASSERT_TRUE(tokens.start());
  const std::string token = store_->hook_tokens()->front().token;
  const TimePoint first = hand_.now();
  for (int i = 0; i < 1000; ++i) tokens.used(token);
  ASSERT_TRUE(eventually([&] { return last_use() == first; }));
  hand_.move(std::chrono::seconds(59));
  tokens.used(token);
  store_->add_hook_token("a sign that all before is written", hand_.now(), [](const Result<bool>&) {});
  ASSERT_TRUE(eventually([&] { return store_->hook_tokens()->size() == 2; }));
  EXPECT_EQ(last_use(), first);
  hand_.move(std::chrono::seconds(1));
  const TimePoint second = hand_.now();
  tokens.used(token);
  ASSERT_TRUE(eventually([&] { return last_use() == second; }));
}

TEST_F(HookTokensTest, TheLogTellsTheOwnerAndNamesNoToken) {
  HookTokens tokens(with_hand_clock());
  ASSERT_TRUE(tokens.start());
  EXPECT_THAT(logged(), HasSubstr("`mmsgate hook show`"));
  for (int i = 0; i < 100; ++i) tokens.missed(HookBare::verify);
  hand_.move(std::chrono::hours(100));
  tokens.missed(HookBare::verify);
  EXPECT_EQ(times_logged("without a token"), 1) << "no stranger fills the log";
  EXPECT_THAT(logged(), Not(HasSubstr(store_->hook_tokens()->front().token)));
}

TEST_F(HookTokensTest, WhoTrustsIsToldSoOnceADay) {
  settings_.hook_bare = HookBare::trust;
  HookTokens tokens(with_hand_clock());
  ASSERT_TRUE(tokens.start());
  EXPECT_THAT(logged(), HasSubstr("anybody who finds"));
  for (int hour = 0; hour < 48; ++hour, hand_.move(std::chrono::hours(1))) tokens.missed(HookBare::trust);
  EXPECT_EQ(times_logged("without a token"), 2);
}

TEST_F(HookTokensTest, WhoUsesATokenIsLeftAlone) {
  HookTokens first(with_hand_clock());
  ASSERT_TRUE(first.start());
  first.used(store_->hook_tokens()->front().token);
  ASSERT_TRUE(eventually([&] { return last_use().has_value(); }));
  const std::string before = logged();
  HookTokens second(with_hand_clock());
  ASSERT_TRUE(second.start());
  EXPECT_EQ(logged(), before);
}

}  // namespace
}  // namespace mmsgate::gateway
