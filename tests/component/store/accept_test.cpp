// SPDX-License-Identifier: Apache-2.0
// Storing new messages: whole, once, all or none.
#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

class Accept : public StoreTest {};

TEST_F(Accept, KeepsEveryFieldOfAMessage) {
  NewMessage message = text_from(kPeer, "1");
  message.direction = Direction::extension;
  message.kind = Kind::notice;
  message.account = "123456_alice";
  message.text = std::string("caf\xc3\xa9 \0 \xff end", 13);  // a NUL and a byte that is no UTF-8
  message.subject_id = "subject";
  message.participants = "5145550111, 5145550112";
  message.raw = "{}";
  message.parts.push_back({.type = "image/png",
                           .name = "a\"b.png",
                           .size = 5'000'000'000,
                           .source_url = "",
                           .blob = make_blob('a').id,
                           .state = PartState::stored});
  message.deliveries[0].slice = {.text_at = 3, .text_bytes = 4, .first_part = 0, .part_count = 1};
  const MessageId id = client_->accept_one(message);

  const auto claimed = client_->claim();
  ASSERT_TRUE(claimed.has_value());
  ASSERT_EQ(claimed->jobs.size(), 1U);
  const Job& job = claimed->jobs[0];
  EXPECT_EQ(job.message, id);
  EXPECT_EQ(job.direction, Direction::extension);
  EXPECT_EQ(job.kind, Kind::notice);
  EXPECT_EQ(job.own, kOwn);
  EXPECT_EQ(job.peer, kPeer);
  EXPECT_EQ(job.account, "123456_alice");
  EXPECT_EQ(job.text, message.text);
  EXPECT_EQ(job.subject_id, "subject");
  EXPECT_EQ(job.participants, "5145550111, 5145550112");
  EXPECT_EQ(job.destination, kBob);
  EXPECT_EQ(job.call_id, message.deliveries[0].call_id);
  EXPECT_EQ(job.slice, message.deliveries[0].slice);
  EXPECT_EQ(job.accepted_at, kNow);
  EXPECT_EQ(job.tries, 1);
  EXPECT_FALSE(job.interrupted);
  ASSERT_EQ(job.parts.size(), 1U);
  EXPECT_EQ(job.parts[0].name, "a\"b.png");
  EXPECT_EQ(job.parts[0].type, "image/png");
  EXPECT_EQ(job.parts[0].size, 5'000'000'000U);
  EXPECT_EQ(job.parts[0].blob, make_blob('a').id);
  EXPECT_EQ(job.parts[0].state, PartState::stored);
}

TEST_F(Accept, AKnownMessageKeepsItsIdAndAddsNothing) {
  const MessageId first = client_->accept_one(text_from(kPeer, "1"));
  const auto again = client_->accept({text_from(kPeer, "2"), text_from(kPeer, "1")});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->added, 1);
  ASSERT_EQ(again->ids.size(), 2U);
  EXPECT_NE(again->ids[0], first);
  EXPECT_EQ(again->ids[1], first);
  EXPECT_EQ(history(first).deliveries.size(), 1U);
  EXPECT_EQ(store_->counts()->messages, 2);
}

TEST_F(Accept, TheSameMessageForTwoOfOurNumbersIsTwo) {
  NewMessage other = text_from(kPeer, "1");
  other.own = "5145550101";
  const auto accepted = client_->accept({text_from(kPeer, "1"), other});
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(accepted->added, 2);
}

TEST_F(Accept, ARepeatWithinOneCallIsStoredOnce) {
  const auto accepted = client_->accept({text_from(kPeer, "1"), text_from(kPeer, "1")});
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(accepted->added, 1);
  EXPECT_EQ(accepted->ids[0], accepted->ids[1]);
}

TEST_F(Accept, SurvivesAReopenedFile) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1"));
  reopen();
  EXPECT_EQ(history(id).summary.peer, kPeer);
  EXPECT_EQ(client_->claim_ids().size(), 1U);
}

TEST_F(Accept, ADeliveryThatFailedAlreadyIsKeptWithItsReasonAndBlocksNobody) {
  NewMessage lost = text_from(kPeer, "1", {""});
  lost.deliveries[0].state = State::failed;
  lost.deliveries[0].reason = "no sub account has 5145550100";
  NewMessage next = text_from(kPeer, "2", {""});
  const MessageId id = client_->accept_one(lost);
  static_cast<void>(client_->accept_one(next));

  const History told = history(id);
  EXPECT_EQ(told.summary.states, "1 failed");
  ASSERT_EQ(told.events.size(), 2U);
  EXPECT_EQ(told.events[0].state, "received");
  EXPECT_EQ(told.events[0].delivery, DeliveryId{});
  EXPECT_EQ(told.events[1].state, "failed");
  EXPECT_EQ(told.events[1].reason, "no sub account has 5145550100");
  EXPECT_EQ(client_->claim_ids().size(), 1U);  // the lane is the same, and it is free
}

TEST_F(Accept, AMessageWithoutDeliveriesIsAMessage) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1", {}));
  EXPECT_EQ(history(id).summary.states, "");
  EXPECT_TRUE(client_->claim_ids().empty());
}

TEST_F(Accept, NothingIsAcceptedToo) {
  const auto accepted = client_->accept({});
  ASSERT_TRUE(accepted.has_value());
  EXPECT_EQ(accepted->added, 0);
}

}  // namespace
}  // namespace mmsgate::store::kit
