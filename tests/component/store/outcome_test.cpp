// SPDX-License-Identifier: Apache-2.0
// Recording: by core's table, with its event, its counts, and what follows from it.
#include <algorithm>

#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::seconds;

class Outcomes : public StoreTest {
 protected:
  /// A delivery that is under way, and its message.
  std::pair<MessageId, DeliveryId> under_way(NewMessage message) {
    const Target target = message.deliveries.at(0).target;
    const MessageId id = client_->accept_one(std::move(message));
    const auto claimed = client_->claim_ids(kNow, target);
    EXPECT_EQ(claimed.size(), 1U);
    return {id, claimed.at(0)};
  }
};

/// Events that bring a new delivery, which is `queued`, to `state`.
std::vector<Event> way_to(State state) {
  switch (state) {
    case State::queued:
      return {};
    case State::sending:
      return {Event::claimed};
    case State::accepted:
      return {Event::claimed, Event::accepted};
    case State::delivered:
      return {Event::claimed, Event::delivered};
    case State::deferred:
      return {Event::claimed, Event::postponed};
    case State::failed:
      return {Event::claimed, Event::refused};
    case State::dead:
      return {Event::expired};
    case State::held:
      return {Event::held};
  }
  return {};
}

TEST_F(Outcomes, FollowsTheTableInEveryStateAndForEveryEvent) {
  int number = 0;
  for (const State state : kAllStates) {
    for (const Event event : kAllEvents) {
      SCOPED_TRACE(std::string(to_string(state)) + " + " + std::string(to_string(event)));
      const std::string peer = "51455501" + std::to_string(++number);
      const MessageId message = client_->accept_one(text_from(peer, peer));
      const DeliveryId id = history(message).deliveries.at(0).id;
      for (const Event step : way_to(state)) ASSERT_TRUE(client_->record({.id = id, .event = step})->changed);
      ASSERT_EQ(state_of(id, message), state);
      const auto events = history(message).events.size();

      const auto expected = next(state, event);
      const auto recorded = client_->record({.id = id, .event = event, .reason = "why"});
      ASSERT_TRUE(recorded.has_value());
      EXPECT_EQ(recorded->changed, expected.has_value());
      EXPECT_EQ(state_of(id, message), expected ? expected->state : state);
      EXPECT_EQ(history(message).events.size(), events + (expected ? 1 : 0));
      if (!expected) continue;
      EXPECT_EQ(recorded->state, expected->state);
      EXPECT_EQ(recorded->tells_sender, expected->tells_sender);
      EXPECT_EQ(recorded->message_settled, is_final(expected->state));
      EXPECT_EQ(history(message).events.back().state, to_string(expected->state));
      EXPECT_EQ(history(message).events.back().reason, "why");
    }
  }
}

TEST_F(Outcomes, TellsOfTheMessage) {
  NewMessage message = text_to(kPeer, "1");
  message.subject_id = "subject";
  const auto [id, delivery] = under_way(message);
  const auto recorded = client_->record(
      {.id = delivery, .event = Event::accepted, .reason = "success", .result_id = "4711"}, kNow + seconds(3));
  ASSERT_TRUE(recorded.has_value());
  EXPECT_EQ(recorded->message, id);
  EXPECT_EQ(recorded->direction, Direction::outbound);
  EXPECT_EQ(recorded->kind, Kind::message);
  EXPECT_EQ(recorded->own, kOwn);
  EXPECT_EQ(recorded->peer, kPeer);
  EXPECT_EQ(recorded->account, kBob);
  EXPECT_EQ(recorded->subject_id, "subject");
  EXPECT_EQ(recorded->destination, kPeer);
  EXPECT_EQ(recorded->reason, "success");
  EXPECT_EQ(recorded->accepted_at, kNow);
  EXPECT_EQ(recorded->reached, 1);
  EXPECT_EQ(history(id).deliveries.at(0).result_id, "4711");
  EXPECT_EQ(history(id).events.back().at, kNow + seconds(3));
  EXPECT_EQ(store_->has_result("4711"), true);
  EXPECT_EQ(store_->has_result("4712"), false);
  EXPECT_EQ(store_->has_result(""), false);
}

TEST_F(Outcomes, CountsOverAllDeliveriesOfTheMessage) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1", {"a", "b", "c"})));
  const auto ids = client_->claim_ids();
  ASSERT_EQ(ids.size(), 3U);
  auto recorded = client_->record({.id = ids[0], .event = Event::accepted});
  EXPECT_FALSE(recorded->message_settled);
  EXPECT_EQ(recorded->reached, 1);
  EXPECT_EQ(recorded->lost, 0);
  recorded = client_->record({.id = ids[1], .event = Event::refused});
  EXPECT_FALSE(recorded->message_settled);
  EXPECT_EQ(recorded->lost, 1);
  recorded = client_->record({.id = ids[2], .event = Event::expired});
  EXPECT_TRUE(recorded->message_settled);
  EXPECT_EQ(recorded->reached, 1);
  EXPECT_EQ(recorded->lost, 2);
}

TEST_F(Outcomes, ADeliveryThatIsNotThereChangesNothing) {
  const auto recorded = client_->record({.id = DeliveryId{42}, .event = Event::accepted});
  ASSERT_TRUE(recorded.has_value());
  EXPECT_FALSE(recorded->changed);
}

TEST_F(Outcomes, WithoutATimeAPostponedOneIsDueAtOnce) {
  const auto [id, delivery] = under_way(text_from(kPeer, "1"));
  static_cast<void>(client_->record({.id = delivery, .event = Event::postponed}));
  EXPECT_EQ(client_->claim_ids(), std::vector{delivery});
}

TEST_F(Outcomes, WhatFollowsIsStoredWithIt) {
  const auto [id, delivery] = under_way(text_to(kPeer, "1"));
  std::vector<Recorded> seen;
  const FollowUp follow_up = [&seen](const Recorded& outcome) {
    seen.push_back(outcome);
    NewMessage notice = text_from(kPeer, "notice");
    notice.kind = Kind::notice;
    return std::vector{notice};
  };
  const auto recorded = client_->record({.id = delivery, .event = Event::refused, .reason = "no"}, kNow, follow_up);
  ASSERT_TRUE(recorded.has_value());
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].message, id);
  EXPECT_EQ(seen[0].state, State::failed);
  EXPECT_TRUE(seen[0].message_settled);
  EXPECT_EQ(seen[0].lost, 1);
  const auto claimed = client_->claim();
  ASSERT_EQ(claimed->jobs.size(), 1U);
  EXPECT_EQ(claimed->jobs[0].kind, Kind::notice);

  // The same outcome once more (its answer was lost): nothing changes, nothing follows.
  EXPECT_FALSE(client_->record({.id = delivery, .event = Event::refused, .reason = "no"}, kNow, follow_up)->changed);
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(store_->counts()->messages, 2);
}

TEST_F(Outcomes, AReceiptNeedsTheCallIdAndThePhone) {
  const NewMessage message = text_from(kPeer, "1");
  const auto [id, delivery] = under_way(message);
  const std::string call_id = message.deliveries[0].call_id;
  static_cast<void>(client_->record({.id = delivery, .event = Event::accepted}));
  EXPECT_FALSE(client_->receipt("other@mmsgate", kBob)->changed);
  EXPECT_FALSE(client_->receipt(call_id, "123456_alice")->changed);
  EXPECT_FALSE(client_->receipt("", kBob)->changed);
  const auto recorded = client_->receipt(call_id, kBob);
  EXPECT_TRUE(recorded->changed);
  EXPECT_TRUE(recorded->tells_sender);
  EXPECT_EQ(recorded->state, State::delivered);
  EXPECT_EQ(state_of(delivery, id), State::delivered);
}

TEST_F(Outcomes, TheSecondReceiptChangesNothing) {
  const NewMessage message = text_from(kPeer, "1");
  static_cast<void>(under_way(message));
  int followed = 0;
  const FollowUp follow_up = [&followed](const Recorded&) {
    ++followed;
    return std::vector<NewMessage>{};
  };
  EXPECT_TRUE(client_->receipt(message.deliveries[0].call_id, kBob, kNow, follow_up)->changed);
  EXPECT_FALSE(client_->receipt(message.deliveries[0].call_id, kBob, kNow, follow_up)->changed);
  EXPECT_EQ(followed, 1);
}

TEST_F(Outcomes, ThatAPersonHasSeenItIsNewsOnceAfterTheHandsetHasSpoken) {
  const NewMessage message = text_from(kPeer, "1");
  const std::string call_id = message.deliveries[0].call_id;
  static_cast<void>(under_way(message));
  std::vector<bool> displayed;
  const FollowUp follow_up = [&displayed](const Recorded& recorded) {
    displayed.push_back(recorded.displayed);
    NewMessage news = text_from(kPeer, recorded.displayed ? "seen" : "there");
    news.kind = Kind::receipt;
    return std::vector{news};
  };
  EXPECT_TRUE(client_->receipt(call_id, kBob, kNow, follow_up)->changed);
  const auto seen = client_->receipt(call_id, kBob, kNow, follow_up, /*displayed=*/true);
  EXPECT_TRUE(seen->changed);
  EXPECT_TRUE(seen->tells_sender);
  EXPECT_EQ(seen->state, State::delivered);
  EXPECT_FALSE(client_->receipt(call_id, kBob, kNow, follow_up, true)->changed) << "the same news again";
  EXPECT_EQ(displayed, (std::vector{false, true, true}));
}

TEST_F(Outcomes, WhatWasTakenForLostMayBeFound) {
  static_cast<void>(client_->accept_one(text_to(kPeer, "1")));
  const DeliveryId delivery = client_->claim_ids(kNow, Target::carrier).at(0);
  static_cast<void>(client_->record({.id = delivery, .event = Event::expired}));
  const auto lines = store_->sent(kOwn, kPeer, kNow, kNow);
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 1U);
  EXPECT_EQ((*lines)[0].id, delivery);
  EXPECT_EQ((*lines)[0].state, State::dead);
  EXPECT_FALSE((*lines)[0].text.empty());
  EXPECT_TRUE(store_->sent(kOwn, kPeer, kNow + Duration(1), kNow + Duration(2))->empty());
  EXPECT_TRUE(store_->sent("5145550111", kPeer, kNow, kNow)->empty());
  const auto found = client_->record({.id = delivery, .event = Event::found, .result_id = "7"});
  EXPECT_TRUE(found->changed);
  EXPECT_TRUE(found->found);
  EXPECT_EQ(found->state, State::accepted);
  EXPECT_TRUE(store_->has_result("7").value_or(false));
}

TEST_F(Outcomes, TheFirstWordMayBeThatAPersonHasSeenIt) {
  const NewMessage message = text_from(kPeer, "1");
  const auto [id, delivery] = under_way(message);
  EXPECT_TRUE(client_->receipt(message.deliveries[0].call_id, kBob, kNow, {}, /*displayed=*/true)->changed);
  EXPECT_EQ(state_of(delivery, id), State::delivered);
}

TEST_F(Outcomes, TheProxysYesAfterTheHandsetsChangesNothing) {
  const NewMessage message = text_from(kPeer, "1");
  const auto [id, delivery] = under_way(message);
  EXPECT_TRUE(client_->receipt(message.deliveries[0].call_id, kBob)->changed);
  EXPECT_FALSE(client_->record({.id = delivery, .event = Event::accepted})->changed);
  EXPECT_EQ(state_of(delivery, id), State::delivered);
}

TEST_F(Outcomes, CarrierDeliveriesWithoutACallIdAreNotMixedUp) {
  static_cast<void>(under_way(text_to(kPeer, "1")));
  EXPECT_FALSE(client_->receipt("", kPeer)->changed);
}

}  // namespace
}  // namespace mmsgate::store::kit
