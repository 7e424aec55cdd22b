// SPDX-License-Identifier: Apache-2.0
// A phone that comes, a stop in the middle, a person who wants it again.
#include "kit.hpp"

namespace mmsgate::store::kit {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class Upkeep : public StoreTest {
 protected:
  void end(DeliveryId id, Event event, std::optional<TimePoint> next_try = {}) {
    const auto recorded = client_->record({.id = id, .event = event, .next_try = next_try});
    ASSERT_TRUE(recorded.has_value() && recorded->changed);
  }
};

TEST_F(Upkeep, APhoneThatComesReleasesWhatWaitsForItAndNothingElse) {
  static_cast<void>(client_->accept({text_from("5145550111", "1"), text_from("5145550112", "2"),
                                     text_from("5145550113", "3", {"123456_alice"}), text_to(kBob, "4")}));
  for (const Target target : {Target::phone, Target::carrier}) {
    for (const DeliveryId id : client_->claim_ids(kNow, target)) end(id, Event::postponed, kNow + hours(1));
  }
  EXPECT_TRUE(client_->claim_ids(kNow + seconds(1)).empty());
  EXPECT_EQ(client_->release(kBob, kNow + seconds(1)), 2);
  EXPECT_EQ(client_->release(kBob, kNow + seconds(1)), 0);
  const auto claimed = client_->claim(kNow + seconds(1));
  ASSERT_EQ(claimed->jobs.size(), 2U);
  EXPECT_EQ(claimed->jobs[0].text, "text 1");
  EXPECT_EQ(claimed->jobs[0].tries, 2);
  EXPECT_EQ(claimed->jobs[1].text, "text 2");
  EXPECT_TRUE(client_->claim_ids(kNow + seconds(1), Target::carrier).empty());
}

TEST_F(Upkeep, AReleasedOneKeepsItsLane) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2")}));
  end(client_->claim_ids().at(0), Event::postponed, kNow + hours(1));
  EXPECT_EQ(client_->release(kBob), 1);
  EXPECT_EQ(client_->claim_ids().size(), 1U);
}

TEST_F(Upkeep, WhatWasUnderWayWhenWeWereStoppedIsTriedAgainAndSaysSo) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1"));
  const auto before = client_->claim();
  static_cast<void>(client_->accept_one(text_from(kPeer, "2")));
  reopen();
  EXPECT_TRUE(client_->claim_ids().empty());
  EXPECT_EQ(client_->recover(kNow + seconds(5)), 1);
  EXPECT_EQ(client_->recover(kNow + seconds(5)), 0);
  EXPECT_EQ(history(id).events.back().reason, "the gateway was stopped in the middle of a try");
  const auto after = client_->claim(kNow + seconds(5));
  ASSERT_EQ(after->jobs.size(), 1U);  // the second one still waits behind it
  EXPECT_EQ(after->jobs[0].id, before->jobs[0].id);
  EXPECT_EQ(after->jobs[0].call_id, before->jobs[0].call_id);
  EXPECT_EQ(after->jobs[0].tries, 2);
  EXPECT_TRUE(after->jobs[0].interrupted);
  EXPECT_FALSE(before->jobs[0].interrupted);
}

TEST_F(Upkeep, WhatHadLeftItsLaneBeforeTheStopGoesFirstAfterIt) {
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2"), text_from(kPeer, "3")}));
  const auto first = client_->claim_ids();
  EXPECT_EQ(client_->free_lane(first.at(0)), true);
  reopen();
  EXPECT_EQ(client_->claim_ids().size(), 1U);  // the second; both are under way now
  reopen();
  EXPECT_EQ(client_->recover(), 2);
  for (const char* text : {"text 1", "text 2", "text 3"}) {
    const auto claimed = client_->claim();
    ASSERT_EQ(claimed->jobs.size(), 1U);
    EXPECT_EQ(claimed->jobs[0].text, text);
    end(claimed->jobs[0].id, Event::accepted);
  }
}

TEST_F(Upkeep, APersonGetsTheDeadAndTheFailedTriedFromTheStart) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1", {"a", "b", "c", "d"}));
  const auto ids = client_->claim_ids();
  ASSERT_EQ(ids.size(), 4U);
  end(ids[0], Event::expired);
  end(ids[1], Event::refused);
  end(ids[2], Event::accepted);
  end(ids[3], Event::postponed, kNow + hours(1));
  const TimePoint later = kNow + hours(48);
  EXPECT_EQ(client_->replay(id, later), 2);
  const auto claimed = client_->claim(later);
  ASSERT_EQ(claimed->jobs.size(), 3U);
  EXPECT_EQ(claimed->jobs[0].id, ids[3]);  // has been due for long
  EXPECT_EQ(claimed->jobs[0].tries, 2);
  EXPECT_EQ(claimed->jobs[1].id, ids[0]);
  EXPECT_EQ(claimed->jobs[1].tries, 2) << "so that the carrier is asked whether a former try came through";
  EXPECT_EQ(claimed->jobs[1].accepted_at, later);
  EXPECT_EQ(claimed->jobs[2].id, ids[1]);
  EXPECT_EQ(state_of(ids[2], id), State::accepted);
}

TEST_F(Upkeep, AReplayedOneTakesItsPlaceInTheLane) {
  const MessageId old = client_->accept_one(text_from(kPeer, "1"));
  end(client_->claim_ids().at(0), Event::refused);
  static_cast<void>(client_->accept({text_from(kPeer, "2"), text_from(kPeer, "3")}));
  const auto second = client_->claim_ids();
  EXPECT_EQ(client_->replay(old), 1);
  EXPECT_TRUE(client_->claim_ids().empty());  // the second is under way
  end(second.at(0), Event::accepted);
  const auto next = client_->claim();
  ASSERT_EQ(next->jobs.size(), 1U);
  EXPECT_EQ(next->jobs[0].text, "text 1");  // older than the third
}

TEST_F(Upkeep, AReplayForgetsThatATryWasCutOff) {
  const MessageId id = client_->accept_one(text_from(kPeer, "1"));
  static_cast<void>(client_->claim_ids());
  static_cast<void>(client_->recover());
  end(client_->claim_ids().at(0), Event::expired);
  EXPECT_EQ(client_->replay(id), 1);
  EXPECT_FALSE(client_->claim()->jobs.at(0).interrupted);
}

TEST_F(Upkeep, WhatWaitsMovesWithTheClock) {
  NewMessage picture = text_from("5145550188", "2");
  add_picture(picture, "https://a/1");
  static_cast<void>(client_->accept({text_from(kPeer, "1"), picture, text_from("5145550177", "3")}));
  const auto first = client_->claim_ids();
  ASSERT_EQ(first.size(), 2U);
  end(first[0], Event::postponed, kNow + hours(1));
  end(first[1], Event::accepted);
  EXPECT_EQ(client_->shift(hours(48)), 2);
  EXPECT_TRUE(client_->claim_ids(kNow + hours(48)).empty());
  const auto claimed = client_->claim(kNow + hours(49));
  ASSERT_EQ(claimed->jobs.size(), 1U);
  EXPECT_EQ(claimed->jobs[0].accepted_at, kNow + hours(48)) << "it is as old as it was";
  const auto fetches = client_->claim_fetches(kNow + hours(48));
  ASSERT_EQ(fetches->fetches.size(), 1U);
  EXPECT_EQ(fetches->fetches[0].accepted_at, kNow + hours(48));
}

TEST_F(Upkeep, WhatNobodyCouldBeNamedForIsNotReplayed) {
  NewMessage message = text_from(kPeer, "1", {""});
  message.deliveries[0].state = State::failed;
  const MessageId id = client_->accept_one(message);
  EXPECT_EQ(client_->replay(id), 0);
  EXPECT_EQ(client_->replay(MessageId{999}), 0);
}

// A call of sendSMS was cut off by a restart, looked for at once, not found yet, and made again.
TEST_F(Upkeep, WhatWasOnItsWayToTheCarrierIsGivenTimeToArrive) {
  client_->accept_one(text_to(kPeer, "1"));
  client_->accept_one(text_from(kPeer, "2"));
  ASSERT_EQ(client_->claim_ids(kNow, Target::carrier).size(), 1U);
  ASSERT_EQ(client_->claim_ids(kNow, Target::phone).size(), 1U);
  EXPECT_EQ(client_->recover(kNow, kNow + std::chrono::minutes(2)), 2);
  EXPECT_EQ(client_->claim_ids(kNow, Target::phone).size(), 1U) << "a phone drops what it has";
  EXPECT_EQ(client_->claim_ids(kNow + std::chrono::minutes(1), Target::carrier).size(), 0U);
  EXPECT_EQ(client_->claim_ids(kNow + std::chrono::minutes(2), Target::carrier).size(), 1U);
}

}  // namespace
}  // namespace mmsgate::store::kit
