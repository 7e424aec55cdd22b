// SPDX-License-Identifier: Apache-2.0
#include "gateway/outbound_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using testing::SizeIs;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);

class PlanOutbound : public testing::Test {
 protected:
  std::variant<NewMessage, Refusal> plan(const std::string& dialled, std::size_t pictures = 0) {
    sip::Request request{.from_tag = "t1", .target_user = dialled, .call_id = "c1@phone", .cseq = 20};
    const SubAccount* sender = directory_.find(sender_);
    return plan_outbound(request, content_, std::vector<Part>(pictures), *sender, directory_, settings_, kNow, random_);
  }
  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"},
                        {AccountId{"100000_bob"}, std::nullopt, "102"}}};
  Settings settings_;
  testing_support::CountingRandom random_;
  formats::PhoneContent content_{.text = "hello"};
  std::string sender_ = "100000_alice";
};

TEST_F(PlanOutbound, ATextGoesToTheCarrier) {
  const auto planned = plan("15145550199");
  const auto& row = std::get<NewMessage>(planned);
  EXPECT_EQ(row.direction, Direction::outbound);
  EXPECT_EQ(row.own, "5145550100");
  EXPECT_EQ(row.peer, "5145550199");
  EXPECT_EQ(row.account, "100000_alice");
  EXPECT_EQ(row.provider_id, "c1@phone|20|t1");
  EXPECT_EQ(row.subject_id, "c1@phone");
  ASSERT_THAT(row.deliveries, SizeIs(1));
  EXPECT_EQ(row.deliveries[0].target, Target::carrier);
  EXPECT_EQ(row.deliveries[0].destination, "5145550199");
}

TEST_F(PlanOutbound, TheIdOfACpimWrapperIsTheOneForReceipts) {
  content_.message_id = "imdn-1";
  EXPECT_EQ(std::get<NewMessage>(plan("5145550199")).subject_id, "imdn-1");
}

TEST_F(PlanOutbound, ThreePicturesAMessage) {
  EXPECT_THAT(std::get<NewMessage>(plan("5145550199", 3)).deliveries, SizeIs(1));
  EXPECT_THAT(std::get<NewMessage>(plan("5145550199", 4)).deliveries, SizeIs(2));
}

TEST_F(PlanOutbound, AnExtensionIsTurnedRound) {
  const auto planned = plan("102", 1);
  const auto& row = std::get<NewMessage>(planned);
  EXPECT_EQ(row.direction, Direction::extension);
  EXPECT_EQ(row.own, "102");
  EXPECT_EQ(row.peer, "101") << "the receiver sees the sender's extension";
  ASSERT_THAT(row.deliveries, SizeIs(1));
  EXPECT_EQ(row.deliveries[0].target, Target::phone);
  EXPECT_EQ(row.deliveries[0].destination, "100000_bob");
  EXPECT_FALSE(row.deliveries[0].call_id.empty());
}

TEST_F(PlanOutbound, AShortCodeIsANumber) { EXPECT_EQ(std::get<NewMessage>(plan("72222")).peer, "72222"); }

TEST_F(PlanOutbound, UnknownExtensionIsNotFound) { EXPECT_EQ(std::get<Refusal>(plan("10999")).status, 404); }

TEST_F(PlanOutbound, NonsenseIsNotFound) { EXPECT_EQ(std::get<Refusal>(plan("anna")).status, 404); }

TEST_F(PlanOutbound, WithoutANumberNothingCanBeSent) {
  sender_ = "100000_bob";
  EXPECT_EQ(std::get<Refusal>(plan("5145550199")).status, 403);
  EXPECT_TRUE(std::holds_alternative<NewMessage>(plan("101"))) << "but an extension needs none";
}

}  // namespace
}  // namespace mmsgate::gateway
