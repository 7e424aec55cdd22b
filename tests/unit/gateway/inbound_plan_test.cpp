// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/filter_text.hpp"
#include "gateway/inbound.hpp"
#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);

Number number(std::string_view text) { return Number::parse(text).value(); }

Directory house() {
  return Directory({{AccountId{"100000_alice"}, number("5145550100"), "101"},
                    {AccountId{"100000_bob"}, number("5145550100"), "102"},
                    {AccountId{"100000_shop"}, number("5145550110"), "103"},
                    {AccountId{"100000_fax"}, std::nullopt, ""}});
}

class PlanInbound : public testing::Test {
 protected:
  std::vector<NewMessage> plan(const formats::CarrierMessage& message) {
    return plan_inbound(message, "{raw}", house(), settings_, kNow, random_);
  }
  Settings settings_;
  testing_support::CountingRandom random_;
  formats::CarrierMessage message_{.id = "7",
                                   .from = "5145550199",
                                   .to = {"5145550100"},
                                   .text = "hi",
                                   .media_urls = {"https://media.example.org/1.jpg"}};
};

TEST_F(PlanInbound, GoesToEveryPhoneOfTheNumber) {
  const auto rows = plan(message_);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].own, "5145550100");
  EXPECT_EQ(rows[0].peer, "5145550199");
  EXPECT_EQ(rows[0].provider_id, "7");
  EXPECT_EQ(rows[0].raw, "");
  ASSERT_THAT(rows[0].deliveries, SizeIs(2));
  EXPECT_EQ(rows[0].deliveries[0].destination, "100000_alice");
  EXPECT_EQ(rows[0].deliveries[1].destination, "100000_bob");
  EXPECT_NE(rows[0].deliveries[0].call_id, rows[0].deliveries[1].call_id);
  EXPECT_EQ(rows[0].deliveries[0].slice, (Slice{.text_bytes = 2, .part_count = 1}));
  EXPECT_EQ(rows[0].parts[0].state, PartState::wanted);
}

// After a restore the same comes from the carrier's log; the phone that has it shows it no second time.
TEST_F(PlanInbound, TheSameMessageIsKnownToThePhoneByTheSameName) {
  settings_.layout = Layout::separate;
  const auto first = plan(message_);
  const auto again = plan(message_);
  std::set<std::string> names;
  ASSERT_EQ(first[0].deliveries.size(), again[0].deliveries.size());
  for (std::size_t i = 0; i < first[0].deliveries.size(); ++i) {
    EXPECT_EQ(first[0].deliveries[i].call_id, again[0].deliveries[i].call_id);
    names.insert(first[0].deliveries[i].call_id);
  }
  EXPECT_EQ(names.size(), first[0].deliveries.size()) << "each has its own";
}

TEST_F(PlanInbound, WhatHasNoNumberGetsANameByChance) {
  for (const char* id : {"", "7x", "99999999999999999999999"}) {
    message_.id = id;
    EXPECT_NE(plan(message_)[0].deliveries[0].call_id, plan(message_)[0].deliveries[0].call_id) << id;
  }
}

TEST_F(PlanInbound, SeparateLayoutSendsTextAndPicturesOneByOne) {
  settings_.layout = Layout::separate;
  message_.media_urls.push_back("https://media.example.org/2.jpg");
  EXPECT_THAT(plan(message_)[0].deliveries, SizeIs(6));
}

TEST_F(PlanInbound, OnePeerHasOneFormHoweverTheCarrierWritesIt) {
  for (const char* form : {"5145550199", "+15145550199", "15145550199", "(514) 555-0199"}) {
    message_.from = form;
    EXPECT_EQ(plan(message_)[0].peer, "5145550199") << form;
  }
}

TEST_F(PlanInbound, AnAddressThatIsNoNumberCannotBreakASipAddress) {
  message_.from = "BANK <sip:x@y>\r\nEvil: 1";
  EXPECT_EQ(plan(message_)[0].peer, "BANKsipxyEvil1");
  message_.from = "@@@";
  EXPECT_EQ(plan(message_)[0].peer, "unknown");
}

TEST_F(PlanInbound, AGroupReachesEachOfOurNumbersOnceAndShowsTheOthers) {
  message_.to = {"5145550100", "+15145550110", "5145550188", "15145550100"};
  const auto rows = plan(message_);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].own, "5145550100");
  EXPECT_EQ(rows[0].participants, "5145550110, 5145550188");
  EXPECT_EQ(rows[0].raw, "{raw}");
  EXPECT_EQ(rows[1].own, "5145550110");
}

TEST_F(PlanInbound, AnUnknownNumberIsKeptAndItsSenderTold) {
  message_.to = {"5145550177"};
  const auto rows = plan(message_);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].own, "5145550177");
  EXPECT_EQ(rows[0].raw, "{raw}");
  ASSERT_THAT(rows[0].deliveries, SizeIs(1));
  EXPECT_EQ(rows[0].deliveries[0].state, State::failed);
  EXPECT_THAT(rows[0].deliveries[0].reason, HasSubstr("no sub account at VoIP.ms has 5145550177"));
  EXPECT_EQ(rows[0].parts[0].state, PartState::lost) << "nothing is fetched for nobody";
  EXPECT_EQ(rows[1].kind, Kind::notice);
  EXPECT_EQ(rows[1].deliveries[0].destination, "5145550199");
}

TEST_F(PlanInbound, NoWordToShortCodesAndWhereItIsNotWanted) {
  message_.to = {"5145550177"};
  message_.from = "72222";
  EXPECT_THAT(plan(message_), SizeIs(1));
  message_.from = "5145550199";
  settings_.notify_strangers = false;
  EXPECT_THAT(plan(message_), SizeIs(1));
}

TEST_F(PlanInbound, ThirtyPicturesAndNoText) {
  message_.text.clear();
  message_.media_urls.assign(30, "https://media.example.org/x.jpg");
  const auto rows = plan(message_);
  EXPECT_THAT(rows[0].parts, SizeIs(30));
  ASSERT_THAT(rows[0].deliveries, SizeIs(2 * 4)) << "two phones, eight pictures a MESSAGE";
  EXPECT_EQ(rows[0].deliveries[3].slice.first_part + rows[0].deliveries[3].slice.part_count, 30);
}

TEST_F(PlanInbound, WhomTheFilterKeepsItFromGetsNoCopy) {
  settings_.copy_filter = formats::parse_filter("5145550100 'bob' in toid").value();
  const auto rows = plan(message_);
  ASSERT_THAT(rows[0].deliveries, SizeIs(1));
  EXPECT_EQ(rows[0].deliveries[0].destination, "100000_alice");
}

TEST_F(PlanInbound, WhatIsKeptFromAllIsKeptAndItsSenderIsNotTold) {
  settings_.copy_filter = formats::parse_filter("5145550100 True").value();
  const auto rows = plan(message_);
  ASSERT_THAT(rows, SizeIs(1)) << "no word to the stranger: the owner wants it so";
  ASSERT_THAT(rows[0].deliveries, SizeIs(1));
  EXPECT_EQ(rows[0].own, "5145550100");
  EXPECT_EQ(rows[0].deliveries[0].state, State::failed);
  EXPECT_THAT(rows[0].deliveries[0].reason, HasSubstr("webfilter"));
  EXPECT_EQ(rows[0].parts[0].state, PartState::lost) << "nothing is fetched for nobody";
}

}  // namespace
}  // namespace mmsgate::gateway
