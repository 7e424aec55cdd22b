// SPDX-License-Identifier: Apache-2.0
// Which entries of VoIP.ms' log are the message that somebody has told us of, and what is made of them.
#include "gateway/hook_proof.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using formats::LoggedMessage;
using testing::IsEmpty;
using testing::SizeIs;

const TimePoint kNow = *formats::parse_log_date("2026-11-23 12:00:00");

class PlanProven : public testing::Test {
 protected:
  static LoggedMessage entry(std::string id, std::string did = "5145550100", std::string date = "2026-11-23 11:59:00") {
    return {.id = std::move(id),
            .date = std::move(date),
            .received = true,
            .did = std::move(did),
            .contact = "5145550199",
            .text = "hi",
            .media_urls = {"https://media.example/true.png"}};
  }
  std::vector<NewMessage> plan(const std::vector<LoggedMessage>& log) {
    return plan_proven(told_, "raw", log, directory_, settings_, kNow, random_);
  }

  formats::CarrierMessage told_{.id = "7",
                                .from = "+15145550199",
                                .to = {"15145550100"},
                                .text = "hi",
                                .media_urls = {"https://evil.example/other.png"}};
  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"},
                        {AccountId{"100000_shop"}, Number::parse("5145550110").value(), "103"}}};
  Settings settings_;
  testing_support::CountingRandom random_;
};

TEST_F(PlanProven, ByItsIdItIsWhatWasToldWithThePicturesOfTheLog) {
  const auto rows = plan({entry("7")});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].source, Source::told);
  EXPECT_EQ(rows[0].provider_id, "7");
  EXPECT_EQ(rows[0].parts.at(0).source_url, "https://media.example/true.png");
  EXPECT_THAT(rows[0].deliveries, SizeIs(1));
}

TEST_F(PlanProven, ByItsWordsItIsTheEntryOfTheLog) {
  const auto rows = plan({entry("1234")});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].source, Source::logged);
  EXPECT_EQ(rows[0].provider_id, "1234");
  EXPECT_EQ(rows[0].logged_at, *formats::parse_log_date("2026-11-23 11:59:00"));
}

TEST_F(PlanProven, TheSameWordsTwiceInTheLogAreTwoMessages) {
  EXPECT_THAT(plan({entry("1234"), entry("1235")}), SizeIs(2));
}

TEST_F(PlanProven, ByItsIdItsAgeDoesNotMatter) {
  EXPECT_THAT(plan({entry("7", "5145550100", "2026-11-20 11:59:00")}), SizeIs(1));
  EXPECT_THAT(plan({entry("1234", "5145550100", "2026-11-20 11:59:00")}), IsEmpty());
  EXPECT_THAT(plan({entry("1234", "5145550100", "2026-11-23 12:16:00")}), IsEmpty()) << "it is yet to come";
}

TEST_F(PlanProven, AnotherNumbersEntryWithTheIdProvesNothing) {
  EXPECT_THAT(plan({entry("7", "5145550110")}), IsEmpty());
}

TEST_F(PlanProven, AGroupGoesToEachNumberThatTheLogShows) {
  told_.to = {"5145550100", "5145550110", "5145550188"};
  auto rows = plan({entry("7")});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].own, "5145550100");
  EXPECT_EQ(rows[0].participants, "5145550110, 5145550188");
  rows = plan({entry("7"), entry("7", "5145550110")});
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[1].own, "5145550110");
}

TEST_F(PlanProven, ByItsWordsNobodyIsNamedWhomTheLogDoesNotName) {
  told_.to = {"5145550100", "5145550188"};
  const auto rows = plan({entry("1234")});
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].participants, "");
  EXPECT_EQ(rows[0].raw, "");
}

TEST_F(PlanProven, WhatIsForANumberThatNobodyHasIsKeptAndItsSenderTold) {
  told_.to = {"5145550177"};
  const auto rows = plan({entry("7", "5145550177")});
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].deliveries.at(0).state, State::failed);
  EXPECT_EQ(rows[1].kind, Kind::notice);
}

}  // namespace
}  // namespace mmsgate::gateway
