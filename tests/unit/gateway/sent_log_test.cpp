// SPDX-License-Identifier: Apache-2.0
// What of the sent half of VoIP.ms' log is ours, and what is not.
#include "gateway/sent_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::gateway {
namespace {

using formats::LoggedMessage;
using testing::IsEmpty;
using testing::SizeIs;

const TimePoint kNow = *formats::parse_log_date("2026-11-23 12:00:00");

class SentLog : public testing::Test {
 protected:
  SentPlan plan() {
    const SentBefore before{.has_result = [this](const std::string& id) { return results_.contains(id); },
                            .sent =
                                [this](const std::string& own, const std::string& to, TimePoint since, TimePoint) {
                                  EXPECT_EQ(own, "5145550100");
                                  EXPECT_EQ(to, "5145550199");
                                  asked_since_ = since;
                                  return ours_;
                                }};
    return plan_sent(log_, directory_, settings_, before, kNow - std::chrono::hours(48), kNow, kNow);
  }
  static LoggedMessage entry(std::string id, std::string text = "hi") {
    return {.id = std::move(id),
            .date = "2026-11-23 10:00:00",
            .did = "5145550100",
            .contact = "5145550199",
            .text = std::move(text)};
  }
  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"}}};
  Settings settings_;
  std::vector<LoggedMessage> log_;
  std::set<std::string> results_;
  std::vector<store::SentLine> ours_;
  TimePoint asked_since_;
};

TEST_F(SentLog, WhatSomebodyElseSentIsKeptForTheRecord) {
  log_ = {entry("7", "from the portal")};
  log_[0].media_urls = {"https://media.example/1.png"};
  const auto rows = plan().elsewhere;
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].direction, Direction::outbound);
  EXPECT_EQ(rows[0].provider_id, "sent-7");
  EXPECT_EQ(rows[0].text, "from the portal");
  ASSERT_THAT(rows[0].parts, SizeIs(1));
  EXPECT_EQ(rows[0].parts[0].state, PartState::wanted);
  ASSERT_THAT(rows[0].deliveries, SizeIs(1));
  EXPECT_EQ(rows[0].deliveries[0].state, State::accepted) << "it must never be sent by us";
  EXPECT_EQ(rows[0].deliveries[0].result_id, "7");
}

TEST_F(SentLog, WhatIsKnownByItsIdIsNoNews) {
  log_ = {entry("7")};
  results_ = {"7"};
  EXPECT_THAT(plan().elsewhere, IsEmpty());
}

TEST_F(SentLog, AGivenUpDeliveryThatTheLogHasWasNotLost) {
  for (const State state : {State::failed, State::dead}) {
    log_ = {entry("7")};
    ours_ = {{.id = DeliveryId{3}, .state = state, .text = "hi"}};
    const auto got = plan();
    EXPECT_THAT(got.elsewhere, IsEmpty());
    ASSERT_THAT(got.found, SizeIs(1));
    EXPECT_EQ(got.found[0].id, DeliveryId{3});
    EXPECT_EQ(got.found[0].event, Event::found);
    EXPECT_EQ(got.found[0].result_id, "7");
  }
}

TEST_F(SentLog, WhatIsUnderWayIsLeftToItself) {
  for (const State state : {State::queued, State::sending, State::deferred, State::held, State::accepted}) {
    log_ = {entry("7")};
    ours_ = {{.id = DeliveryId{3}, .state = state, .text = "hi"}};
    const auto got = plan();
    EXPECT_THAT(got.elsewhere, IsEmpty()) << to_string(state);
    EXPECT_THAT(got.found, IsEmpty()) << to_string(state);
  }
}

TEST_F(SentLog, TheSameWordsOfAnotherMessageAreNotItsTwin) {
  log_ = {entry("7"), entry("8")};
  results_ = {"7"};
  ours_ = {{.id = DeliveryId{3}, .state = State::accepted, .text = "hi", .result_id = "7"}};
  ASSERT_THAT(plan().elsewhere, SizeIs(1));
  EXPECT_EQ(plan().elsewhere[0].provider_id, "sent-8");
}

TEST_F(SentLog, IdsThatDoNotAgreeDoubleNothing) {
  log_ = {entry("1007"), entry("1008")};
  ours_ = {{.id = DeliveryId{4}, .state = State::accepted, .text = "hi", .result_id = "8"},
           {.id = DeliveryId{3}, .state = State::accepted, .text = "hi", .result_id = "7"}};
  EXPECT_THAT(plan().elsewhere, IsEmpty());
  ours_.pop_back();
  EXPECT_THAT(plan().elsewhere, SizeIs(1)) << "one delivery is the twin of one entry";
}

TEST_F(SentLog, OtherWordsOrFilesAreAnotherMessage) {
  log_ = {entry("7")};
  ours_ = {{.id = DeliveryId{3}, .state = State::dead, .text = "ho"},
           {.id = DeliveryId{2}, .state = State::dead, .text = "hi", .parts = 1}};
  EXPECT_THAT(plan().found, IsEmpty());
  EXPECT_THAT(plan().elsewhere, SizeIs(1));
}

TEST_F(SentLog, WhatWeMayHaveTriedForDaysIsLookedFor) {
  log_ = {entry("7")};
  static_cast<void>(plan());
  EXPECT_LT(asked_since_, kNow - settings_.carrier_policy.give_up_after);
}

TEST_F(SentLog, WhatIsNotOursOrNotOfThatTimeIsLeftOut) {
  auto received = entry("1");
  received.received = true;
  auto elsewhere = entry("2");
  elsewhere.did = "5145550111";
  auto old = entry("3");
  old.date = "2026-11-20 10:00:00";
  auto young = entry("4");
  young.date = "2026-11-23 12:00:01";
  auto undated = entry("5");
  undated.date = "today";
  log_ = {received, elsewhere, old, young, undated};
  EXPECT_THAT(plan().elsewhere, IsEmpty());
}

}  // namespace
}  // namespace mmsgate::gateway
