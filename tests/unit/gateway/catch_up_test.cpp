// SPDX-License-Identifier: Apache-2.0
// What of VoIP.ms' log is for our phones.
#include "gateway/catch_up.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using formats::LoggedMessage;
using testing::IsEmpty;
using testing::SizeIs;

const TimePoint kNow = *formats::parse_log_date("2026-11-23 12:00:00");

class PlanCatchUp : public testing::Test {
 protected:
  std::vector<NewMessage> plan(std::vector<LoggedMessage> log, Duration back = std::chrono::hours(48)) {
    return plan_catch_up(std::move(log), directory_, settings_, kNow - back, kNow - settings_.catch_up_after, kNow,
                         random_);
  }
  static LoggedMessage entry(std::string id, std::string date) {
    return {.id = std::move(id),
            .date = std::move(date),
            .received = true,
            .did = "5145550100",
            .contact = "5145550199",
            .text = "hi",
            .media_urls = {"https://media.example/1.png"}};
  }
  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"}}};
  Settings settings_;
  testing_support::CountingRandom random_;
};

TEST_F(PlanCatchUp, AnEntryBecomesAMessageLikeAnyOther) {
  const auto rows = plan({entry("9", "2026-11-23 10:00:00")});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].provider, "voipms");
  EXPECT_EQ(rows[0].provider_id, "9");
  EXPECT_EQ(rows[0].source, Source::logged);
  EXPECT_EQ(rows[0].logged_at, *formats::parse_log_date("2026-11-23 10:00:00"));
  EXPECT_EQ(rows[0].received_at, kNow);
  EXPECT_THAT(rows[0].parts, SizeIs(1));
  EXPECT_THAT(rows[0].deliveries, SizeIs(1));
}

TEST_F(PlanCatchUp, TheOrderIsThatOfTheirComing) {
  const auto rows = plan({entry("100", "2026-11-23 10:00:00"), entry("98", "2026-11-23 10:00:00"),
                          entry("7", "2026-11-23 11:00:00"), entry("8", "2026-11-22 11:00:00")});
  std::vector<std::string> ids;
  for (const NewMessage& row : rows) ids.push_back(row.provider_id);
  EXPECT_EQ(ids, (std::vector<std::string>{"8", "98", "100", "7"}));
}

TEST_F(PlanCatchUp, TheYoungAreLeftToTheirWebHookAndTheOldToThePast) {
  EXPECT_THAT(plan({entry("1", "2026-11-23 11:50:01")}), IsEmpty());
  EXPECT_THAT(plan({entry("1", "2026-11-23 11:50:00")}), SizeIs(1));
  EXPECT_THAT(plan({entry("1", "2026-11-23 10:59:59")}, std::chrono::hours(1)), IsEmpty());
}

TEST_F(PlanCatchUp, WhatIsForNobodyIsLeftOutAndNoStrangerIsTold) {
  auto sent = entry("1", "2026-11-23 10:00:00");
  sent.received = false;
  auto elsewhere = entry("2", "2026-11-23 10:00:00");
  elsewhere.did = "5145550111";
  EXPECT_THAT(plan({sent, elsewhere, entry("3", "yesterday"), entry("4", "")}), IsEmpty());
}

}  // namespace
}  // namespace mmsgate::gateway
