// SPDX-License-Identifier: Apache-2.0
// What people and the gateway ask.
#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

class QueriesOf : public StoreTest {};

TEST_F(QueriesOf, ListTheNewestFirst) {
  NewMessage second = text_from("5145550112", "2", {"a", "b"});
  second.parts.push_back({.state = PartState::stored});
  static_cast<void>(client_->accept({text_from("5145550111", "1"), second, text_to("5145550113", "3")}));
  static_cast<void>(client_->record({.id = client_->claim_ids().at(0), .event = Event::accepted}));
  const auto lines = store_->list(2, false);
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->size(), 2U);
  EXPECT_EQ((*lines)[0].peer, "5145550113");
  EXPECT_EQ((*lines)[0].direction, Direction::outbound);
  EXPECT_EQ((*lines)[0].account, kBob);
  EXPECT_EQ((*lines)[0].states, "1 queued");
  EXPECT_EQ((*lines)[1].peer, "5145550112");
  EXPECT_EQ((*lines)[1].own, kOwn);
  EXPECT_EQ((*lines)[1].states, "2 sending");
  EXPECT_EQ((*lines)[1].parts, 1);
  EXPECT_EQ((*lines)[1].received_at, kNow);
  EXPECT_TRUE(store_->list(-1, false)->empty());
}

TEST_F(QueriesOf, WhetherAMessageIsHereByItsProvidersId) {
  static_cast<void>(client_->accept({text_from("5145550111", "1"), text_to("5145550113", "3")}));
  EXPECT_EQ(store_->has_message("voipms", "1"), true);
  EXPECT_EQ(store_->has_message("sip", "3"), true);
  EXPECT_EQ(store_->has_message("sip", "1"), false);
  EXPECT_EQ(store_->has_message("voipms", "3"), false);
}

TEST_F(QueriesOf, ListOnlyWhatIsOpen) {
  static_cast<void>(client_->accept({text_from("5145550111", "1"), text_from("5145550112", "2")}));
  static_cast<void>(client_->record({.id = client_->claim_ids().at(1), .event = Event::accepted}));
  const auto lines = store_->list(10, true);
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ((*lines)[0].peer, "5145550111");
}

TEST_F(QueriesOf, StatesAreCounted) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1", {"a", "b", "c"}));
  const auto ids = client_->claim_ids();
  static_cast<void>(client_->record({.id = ids.at(0), .event = Event::delivered}));
  static_cast<void>(client_->record({.id = ids.at(1), .event = Event::delivered}));
  static_cast<void>(client_->record({.id = ids.at(2), .event = Event::postponed}));
  EXPECT_EQ(history(id).summary.states, "2 delivered, 1 deferred");
}

TEST_F(QueriesOf, AHistoryTellsTheWholeStory) {
  NewMessage message = text_from(kPeer, "4711");
  message.participants = "5145550111";
  message.parts.push_back({.name = "cat.png", .state = PartState::lost, .reason = "404"});
  const MessageId id = client_->accept_one(message);
  static_cast<void>(client_->record({.id = client_->claim_ids().at(0),
                                     .event = Event::postponed,
                                     .reason = "busy",
                                     .next_try = kNow + std::chrono::seconds(9)}));
  const History told = history(id);
  EXPECT_EQ(told.provider, "voipms");
  EXPECT_EQ(told.provider_id, "4711");
  EXPECT_EQ(told.participants, "5145550111");
  ASSERT_EQ(told.parts.size(), 1U);
  EXPECT_EQ(told.parts[0].reason, "404");
  ASSERT_EQ(told.deliveries.size(), 1U);
  EXPECT_EQ(told.deliveries[0].destination, kBob);
  EXPECT_EQ(told.deliveries[0].next_try, kNow + std::chrono::seconds(9));
  EXPECT_EQ(told.deliveries[0].call_id, message.deliveries[0].call_id);
  EXPECT_EQ(told.deliveries[0].tries, 1);
  std::vector<std::string> states;
  for (const EventLine& line : told.events) states.push_back(line.state);
  EXPECT_EQ(states, (std::vector<std::string>{"received", "sending", "deferred"}));
  EXPECT_EQ(told.events[2].delivery, told.deliveries[0].id);
}

TEST_F(QueriesOf, WhatIsNotThereIsNothing) {
  EXPECT_EQ(store_->history(MessageId{7})->has_value(), false);
  EXPECT_EQ(store_->find_blob(make_blob('a').id)->has_value(), false);
  EXPECT_EQ(store_->directory(), Directory());
}

TEST_F(QueriesOf, CountsMessagesAndWhatIsOpenOrDead) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1", {"a", "b", "c", "d"})));
  const auto ids = client_->claim_ids();
  static_cast<void>(client_->record({.id = ids.at(0), .event = Event::expired}));
  static_cast<void>(client_->record({.id = ids.at(1), .event = Event::accepted}));
  static_cast<void>(client_->record({.id = ids.at(2), .event = Event::postponed}));
  const auto counts = store_->counts();
  ASSERT_TRUE(counts.has_value());
  EXPECT_EQ(counts->messages, 1);
  EXPECT_EQ(counts->open, 2);
  EXPECT_EQ(counts->dead, 1);
}

TEST_F(QueriesOf, ABlobIsKeptAndItsRepeatChangesNothing) {
  EXPECT_EQ(client_->add_blob(make_blob('a')), true);
  Blob other = make_blob('a');
  other.name = "dog.png";
  EXPECT_EQ(client_->add_blob(other), true);
  const auto blob = store_->find_blob(other.id);
  ASSERT_TRUE(blob.has_value() && blob->has_value());
  EXPECT_EQ((*blob)->name, "cat.png");
  EXPECT_EQ((*blob)->type, "image/png");
  EXPECT_EQ((*blob)->size, 1234U);
  EXPECT_EQ((*blob)->created_at, kNow);
  EXPECT_EQ((*blob)->until, kNow + std::chrono::hours(24));
}

TEST_F(QueriesOf, TheDirectoryIsReplacedWholeAndKeepsItsOrder) {
  const std::vector<SubAccount> first{
      {.id = {"123456_zoe"}, .caller_id = *Number::parse("5145550101"), .extension = "101"},
      {.id = {"123456_bob"}, .caller_id = std::nullopt, .extension = ""},
      {.id = {"123456_sms"}, .caller_id = *Number::parse("72222"), .extension = "102"}};
  const std::vector<Did> numbers{{*Number::parse("5145550102"), false}, {*Number::parse("5145550101"), true}};
  EXPECT_EQ(client_->replace_directory(Directory(first, numbers)), true);
  EXPECT_EQ(store_->directory(), Directory(first, numbers));
  const Directory second({first[1]}, {numbers[1]});
  EXPECT_EQ(client_->replace_directory(second), true);
  reopen();
  EXPECT_EQ(store_->directory(), second);
}

}  // namespace
}  // namespace mmsgate::store::kit
