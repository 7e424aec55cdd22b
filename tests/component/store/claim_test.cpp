// SPDX-License-Identifier: Apache-2.0
// Claiming: what is due, in order, once, and when the next is.
#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::seconds;

class Claim : public StoreTest {
 protected:
  void postpone(DeliveryId id, TimePoint until) {
    const auto recorded = client_->record({.id = id, .event = Event::postponed, .reason = "busy", .next_try = until});
    ASSERT_TRUE(recorded.has_value());
    ASSERT_TRUE(recorded->changed);
  }
};

TEST_F(Claim, TakesEachDeliveryOnce) {
  static_cast<void>(client_->accept({text_from("5145550111", "1"), text_from("5145550112", "2")}));
  EXPECT_EQ(client_->claim_ids().size(), 2U);
  EXPECT_TRUE(client_->claim_ids().empty());
}

TEST_F(Claim, TakesTheEarliestFirstAndNoMoreThanAsked) {
  for (const char* peer : {"5145550111", "5145550112", "5145550113"}) {
    NewMessage message = text_from(peer, peer);
    message.received_at = kNow - seconds(peer[9] - '0');  // the later ones are due earlier
    static_cast<void>(client_->accept_one(message));
  }
  const auto claimed = client_->claim(kNow, Target::phone, 2);
  ASSERT_TRUE(claimed.has_value());
  ASSERT_EQ(claimed->jobs.size(), 2U);
  EXPECT_EQ(claimed->jobs[0].peer, "5145550113");
  EXPECT_EQ(claimed->jobs[1].peer, "5145550112");
  EXPECT_EQ(claimed->next_due, kNow - seconds(1));
}

TEST_F(Claim, CountsWhatCouldGoWhenAsked) {
  std::vector<NewMessage> messages;
  for (int n = 0; n < 20; ++n) messages.push_back(text_from(std::to_string(5145551000 + n), std::to_string(n)));
  messages.push_back(text_to(kPeer, "out"));
  messages.push_back(text_from("5145552000", "later"));
  messages.back().received_at = kNow + seconds(1);
  static_cast<void>(client_->accept(messages));
  EXPECT_EQ(client_->claim(kNow, Target::phone, 4, 100)->ready, 20) << "those it takes are counted too";
  EXPECT_EQ(client_->claim(kNow, Target::phone, 4, 10)->ready, 10) << "no more are counted";
  EXPECT_EQ(client_->claim(kNow, Target::phone, 4)->ready, 0) << "nobody asked";
  EXPECT_EQ(client_->claim(kNow, Target::phone, 8, 100)->ready, 8);
  EXPECT_EQ(client_->claim(kNow, Target::phone, 8, 100)->ready, 0) << "all are under way";
  EXPECT_EQ(client_->claim(kNow, Target::carrier, 0, 100)->ready, 1);
}

TEST_F(Claim, WhatStandsBehindAndWaitsForItsFilesIsNotReady) {
  NewMessage picture = text_from(kPeer, "2");
  add_picture(picture, "https://carrier.example/1.png");
  static_cast<void>(client_->accept({text_from(kPeer, "1"), picture, text_from(kPeer, "3")}));
  EXPECT_EQ(client_->claim(kNow, Target::phone, 0, 100)->ready, 2);
}

// However many stand in a conversation, only its first is due.
TEST_F(Claim, CountsAlsoWhatStandsBehindOneThatCouldGo) {
  std::vector<NewMessage> messages;
  for (int n = 0; n < 30; ++n) messages.push_back(text_from(kPeer, std::to_string(n)));
  for (int n = 30; n < 40; ++n) messages.push_back(text_from("5145550112", std::to_string(n)));
  static_cast<void>(client_->accept(messages));
  const auto claimed = client_->claim(kNow, Target::phone, 1, 100);
  ASSERT_EQ(claimed->jobs.size(), 1U);
  EXPECT_EQ(claimed->ready, 40);
  EXPECT_EQ(client_->claim(kNow, Target::phone, 1, 35)->ready, 10)
      << "the conversation of one under way can send no more";
}

TEST_F(Claim, WhatWaitsBehindAPhoneThatIsOffIsNotReady) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from("5145550112", "3")}));
  const auto ids = client_->claim_ids();
  postpone(ids.at(0), kNow + seconds(60));
  postpone(ids.at(1), kNow);
  EXPECT_EQ(client_->claim(kNow, Target::phone, 1, 100)->ready, 1);
}

TEST_F(Claim, TakesNothingWhenThereIsNoRoom) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  for (const int limit : {0, -1}) {
    const auto claimed = client_->claim(kNow, Target::phone, limit);
    ASSERT_TRUE(claimed.has_value());
    EXPECT_TRUE(claimed->jobs.empty());
    EXPECT_EQ(claimed->next_due, kNow);
  }
}

TEST_F(Claim, KeepsTheTwoWaysOutApart) {
  static_cast<void>(client_->accept({text_from("5145550111", "1"), text_to("5145550112", "2")}));
  const auto phone = client_->claim(kNow, Target::phone);
  const auto carrier = client_->claim(kNow, Target::carrier);
  ASSERT_TRUE(phone.has_value() && carrier.has_value());
  ASSERT_EQ(phone->jobs.size(), 1U);
  ASSERT_EQ(carrier->jobs.size(), 1U);
  EXPECT_EQ(phone->jobs[0].target, Target::phone);
  EXPECT_EQ(carrier->jobs[0].target, Target::carrier);
  EXPECT_EQ(carrier->jobs[0].account, kBob);
}

TEST_F(Claim, SaysWhenTheNextIsDueAndTakesItThenAndNotBefore) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  const auto first = client_->claim();
  ASSERT_EQ(first->jobs.size(), 1U);
  EXPECT_EQ(first->next_due, std::nullopt);
  postpone(first->jobs[0].id, kNow + seconds(10));

  const auto early = client_->claim(kNow + seconds(9));
  EXPECT_TRUE(early->jobs.empty());
  EXPECT_EQ(early->next_due, kNow + seconds(10));
  const auto due = client_->claim(kNow + seconds(10));
  ASSERT_EQ(due->jobs.size(), 1U);
  EXPECT_EQ(due->jobs[0].tries, 2);
  EXPECT_EQ(due->jobs[0].call_id, first->jobs[0].call_id);
}

TEST_F(Claim, IsOnDiskBeforeItIsAnswered) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1"));
  const auto claimed = client_->claim_ids();
  auto beside = open_sqlite({.path = path(), .read_only = true}, runtime::Log::none());
  ASSERT_TRUE(beside.has_value());
  const auto seen = (*beside)->history(id);
  ASSERT_TRUE(seen.has_value() && seen->has_value());
  EXPECT_EQ((*seen)->deliveries.at(0).state, State::sending);
  EXPECT_EQ((*seen)->deliveries.at(0).tries, 1);
}

TEST_F(Claim, ADeliveryOfManyPartsBringsAllOfThemInOrder) {
  NewMessage message = text_from(kPeer, "1");
  for (int i = 0; i < 12; ++i) message.parts.push_back({.name = std::to_string(i), .state = PartState::stored});
  static_cast<void>(client_->accept_one(message));
  const auto claimed = client_->claim();
  ASSERT_EQ(claimed->jobs.size(), 1U);
  ASSERT_EQ(claimed->jobs[0].parts.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(claimed->jobs[0].parts[i].name, std::to_string(i));
}

}  // namespace
}  // namespace mmsgate::store::kit
