// SPDX-License-Identifier: Apache-2.0
#include "gateway/follow_up.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);

class FollowUp : public testing::Test {
 protected:
  std::vector<NewMessage> news() { return follow_up(outcome_, settings_, kNow, random_); }
  Settings settings_;
  testing_support::CountingRandom random_;
  store::Recorded outcome_{.changed = true,
                           .state = State::accepted,
                           .tells_sender = true,
                           .message_settled = true,
                           .reached = 1,
                           .destination = "5145550199",
                           .reason = "the carrier accepted it as 7",
                           .message = MessageId{5},
                           .direction = Direction::outbound,
                           .own = "5145550100",
                           .peer = "5145550199",
                           .account = "100000_alice",
                           .subject_id = "c1",
                           .accepted_at = kNow};
};

TEST_F(FollowUp, TheCarriersYesBecomesATick) {
  const auto rows = news();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].kind, Kind::receipt);
  EXPECT_EQ(rows[0].text, "delivered");
  EXPECT_EQ(rows[0].subject_id, "c1");
  EXPECT_EQ(rows[0].peer, "5145550199");
  EXPECT_EQ(rows[0].deliveries[0].destination, "100000_alice");
}

TEST_F(FollowUp, NoTickBeforeAllOfItWent) {
  outcome_.message_settled = false;
  EXPECT_THAT(news(), IsEmpty());
}

TEST_F(FollowUp, NoTickWhereAPartWasLost) {
  outcome_.lost = 1;
  EXPECT_THAT(news(), IsEmpty());
}

TEST_F(FollowUp, ARefusalIsShownAndSaidInWords) {
  outcome_.state = State::failed;
  outcome_.reason = "VoIP.ms answered \"invalid_dst\"";
  const auto rows = news();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].text, "error");
  EXPECT_EQ(rows[1].kind, Kind::notice);
  EXPECT_THAT(rows[1].text, HasSubstr("Not delivered to 5145550199"));
  EXPECT_THAT(rows[1].text, HasSubstr("invalid_dst"));
}

TEST_F(FollowUp, AnotherPhoneSpeaksForItself) {
  outcome_.direction = Direction::extension;
  outcome_.own = "102";
  outcome_.peer = "101";
  EXPECT_THAT(news(), IsEmpty()) << "the proxy's yes is not the handset's";
  outcome_.state = State::delivered;
  const auto rows = news();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].peer, "102") << "the sender's phone has the conversation with whom it dialled";
}

TEST_F(FollowUp, WhatAnotherPhoneHasShownIsAnotherReceipt) {
  outcome_.direction = Direction::extension;
  outcome_.state = State::delivered;
  const auto there = news();
  outcome_.displayed = true;
  const auto shown = news();
  ASSERT_THAT(shown, SizeIs(1));
  EXPECT_EQ(shown[0].text, "displayed");
  EXPECT_NE(shown[0].provider_id, there[0].provider_id);
}

TEST_F(FollowUp, WhoWasToldOfALossIsToldThatItWasNone) {
  outcome_.found = true;
  const auto rows = news();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].text, "delivered");
  EXPECT_EQ(rows[1].kind, Kind::notice);
  EXPECT_THAT(rows[1].text, HasSubstr("after all"));
  outcome_.lost = 1;
  EXPECT_THAT(news(), IsEmpty()) << "another piece of it is lost still";
}

TEST_F(FollowUp, AScriptHasNoPhoneToBeToldBy) {
  outcome_.direction = Direction::extension;
  outcome_.own = "102";
  outcome_.peer = "1099";
  outcome_.account = outcome_.subject_id = "";
  outcome_.reached = 0;
  for (const State state : {State::accepted, State::delivered, State::failed, State::dead}) {
    outcome_.state = state;
    EXPECT_THAT(news(), IsEmpty()) << to_string(state);
  }
}

TEST_F(FollowUp, NothingFollowsNoticesAndReceipts) {
  outcome_.state = State::failed;
  for (const Kind kind : {Kind::notice, Kind::receipt}) {
    outcome_.kind = kind;
    EXPECT_THAT(news(), IsEmpty());
  }
}

TEST_F(FollowUp, AStrangerIsToldOnlyWhenNobodyGotIt) {
  outcome_.direction = Direction::inbound;
  outcome_.state = State::dead;
  outcome_.reached = 1;
  EXPECT_THAT(news(), IsEmpty()) << "another phone of the number has it";
  outcome_.reached = 0;
  const auto rows = news();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].deliveries[0].target, Target::carrier);
  EXPECT_EQ(rows[0].deliveries[0].destination, "5145550199");
  EXPECT_EQ(rows[0].provider_id, news()[0].provider_id) << "the same day, the same stranger: one word";
}

TEST_F(FollowUp, TicksCanBeSwitchedOffNoticesCannot) {
  settings_.receipts = false;
  EXPECT_THAT(news(), IsEmpty());
  outcome_.state = State::dead;
  EXPECT_THAT(news(), SizeIs(1));
}

}  // namespace
}  // namespace mmsgate::gateway
