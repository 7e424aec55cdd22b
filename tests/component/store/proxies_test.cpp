// SPDX-License-Identifier: Apache-2.0
// A proxy that was started anew has lost what it kept: it is sent again, once.
#include <algorithm>
#include <set>

#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::hours;
using Lost = std::optional<int>;

class Proxies : public StoreTest {
 protected:
  Lost note(const std::string& name, TimePoint now = kNow, Duration keeps = hours(24 * 7)) {
    const auto lost =
        wait_for<Lost>([&](Done<Lost> done) { store_->note_proxy(name, now, now - keeps, std::move(done)); });
    EXPECT_TRUE(lost.has_value());
    return lost.value_or(std::nullopt);
  }
  /// Claims all, one after the other, and has each answered. Their texts, in order.
  std::vector<std::string> send_all(bool kept, TimePoint now = kNow) {
    std::vector<std::string> texts;
    for (auto claimed = client_->claim(now); !claimed->jobs.empty(); claimed = client_->claim(now)) {
      for (const Job& job : claimed->jobs) {
        texts.push_back(job.text);
        calls_.push_back(job.call_id);
        static_cast<void>(client_->record({.id = job.id, .event = Event::accepted, .kept = kept}, now));
      }
    }
    return texts;
  }
  using Texts = std::vector<std::string>;
  std::vector<std::string> calls_;
};

TEST_F(Proxies, WhatAnEarlierLifeKeptIsQueuedAgainOnceAStartInOrderUnderItsCallId) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from("5145550111", "3")}));
  EXPECT_EQ(note("first"), std::nullopt);
  EXPECT_EQ(send_all(true).size(), 3U);
  EXPECT_EQ(note("first"), std::nullopt);
  EXPECT_EQ(note("second"), Lost(3));
  EXPECT_EQ(note("second"), std::nullopt);
  const auto before = std::exchange(calls_, {});
  const Texts again = send_all(true);
  EXPECT_EQ(std::set(calls_.begin(), calls_.end()), std::set(before.begin(), before.end()));
  EXPECT_LT(std::ranges::find(again, "text 1"), std::ranges::find(again, "text 2"));
  EXPECT_EQ(again.size(), 3U);
  EXPECT_EQ(history(MessageId{1}).events.at(2).reason, "");
  EXPECT_EQ(history(MessageId{1}).events.at(3).reason, "the proxy that kept it was started anew");
  EXPECT_EQ(note("third"), Lost(3));
}

TEST_F(Proxies, ARestartOfOursForgetsNeitherWhoKeptNorWhat) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  EXPECT_EQ(note("first"), std::nullopt);
  send_all(true);
  reopen();
  EXPECT_EQ(note("first"), std::nullopt);
  reopen();
  EXPECT_EQ(note("second"), Lost(1));
  reopen();
  EXPECT_EQ(note("second"), std::nullopt);
}

TEST_F(Proxies, WhatAPhoneAnsweredOrHasIsNotSentAgain) {
  const NewMessage arrived = text_from(kPeer, "2");
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  note("first");
  send_all(false);
  static_cast<void>(client_->accept_one(arrived));
  send_all(true);
  ASSERT_TRUE(client_->receipt(arrived.deliveries.at(0).call_id, kBob)->changed);
  EXPECT_EQ(note("second"), Lost(0));
  // Kept once, then answered by the phone itself.
  static_cast<void>(client_->accept_one(text_from(kPeer, "3")));
  send_all(true);
  EXPECT_EQ(note("third"), Lost(1));
  send_all(false);
  EXPECT_EQ(note("fourth"), Lost(0));
}

TEST_F(Proxies, WhatTheProxyWouldHaveGivenUpItselfIsNotSentAgain) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  note("first");
  send_all(true);
  EXPECT_EQ(note("second", kNow + hours(24)), Lost(1));
  // It counts since it was kept first, however often it was sent again.
  send_all(true, kNow + hours(24));
  EXPECT_EQ(note("third", kNow + hours(24 * 7)), Lost(1));
  send_all(true, kNow + hours(24 * 7));
  EXPECT_EQ(note("fourth", kNow + hours(24 * 7) + Duration(1)), Lost(0));
}

TEST_F(Proxies, TheTimeMovesWithTheClock) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  note("first");
  send_all(true);
  static_cast<void>(client_->shift(hours(24 * 30)));
  EXPECT_EQ(note("second", kNow + hours(24 * 30)), Lost(1));
}

TEST_F(Proxies, TwoSideBySideAreNoNewStart) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  note("here");
  send_all(true);
  EXPECT_EQ(note("there"), Lost(1));  // it may be a new start
  send_all(true);
  for (const char* name : {"here", "there", "here"}) EXPECT_EQ(note(name), std::nullopt);
}

TEST_F(Proxies, TheOtherOfTwoIsNotForgottenHoweverOftenTheOneIsStartedAnew) {
  note("here");
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  send_all(true);
  for (int i = 0; i < 40; ++i) {
    const TimePoint now = kNow + std::chrono::seconds(i);
    EXPECT_EQ(note("there, life " + std::to_string(i), now), Lost(1));
    send_all(true, now);
    EXPECT_EQ(note("here", now + Duration(1)), std::nullopt) << i;
  }
}

TEST_F(Proxies, TheNewestIsRememberedThoughTheClockWasSetBack) {
  for (int i = 0; i < 20; ++i) note("life " + std::to_string(i), kNow + Duration(i));
  EXPECT_EQ(note("life 20", kNow - hours(1)), Lost(0));
  EXPECT_EQ(note("life 20", kNow - hours(1)), std::nullopt);
}

TEST_F(Proxies, AProxyThatForgetsNothingIsNotHelped) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  note("first");
  send_all(true);
  EXPECT_EQ(note("second", kNow + Duration(1), Duration(0)), Lost(0));
}

TEST_F(Proxies, WhatIsSentAgainGoesBeforeWhatIsYoungerAndWaits) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2")}));
  note("first");
  send_all(true);
  static_cast<void>(client_->accept({text_from(kPeer, "3"), text_from(kPeer, "4")}));
  const auto third = client_->claim_ids();
  ASSERT_EQ(third.size(), 1U);
  static_cast<void>(client_->record({.id = third[0], .event = Event::postponed, .next_try = kNow + hours(1)}));
  EXPECT_EQ(note("second"), Lost(2));
  EXPECT_EQ(send_all(true), (Texts{"text 1", "text 2", "text 3", "text 4"}));
}

TEST_F(Proxies, OnlyTheLastLivesAreRemembered) {
  for (int i = 0; i < 40; ++i) note("life " + std::to_string(i), kNow + Duration(i));
  EXPECT_EQ(note("life 39"), std::nullopt);
  EXPECT_EQ(note("life 25"), std::nullopt);
  EXPECT_EQ(note("life 0"), Lost(0));
}

}  // namespace
}  // namespace mmsgate::store::kit
