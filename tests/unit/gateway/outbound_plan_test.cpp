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
    return plan_parts(dialled, std::vector<Part>(pictures, Part{.type = "image/png"}));
  }
  std::variant<NewMessage, Refusal> plan_parts(const std::string& dialled, std::vector<Part> parts) {
    sip::Request request{.from_tag = "t1", .target_user = dialled, .call_id = "c1@phone", .cseq = 20};
    const SubAccount* sender = directory_.find(sender_);
    return plan_outbound(request, content_, std::move(parts), *sender, directory_, settings_, links_, kNow, random_);
  }
  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"},
                        {AccountId{"100000_bob"}, std::nullopt, "102"}}};
  /// What the delivery number `n` brings of the text.
  static std::string text_of(const NewMessage& row, std::size_t n) {
    const Slice& slice = row.deliveries.at(n).slice;
    return row.text.substr(slice.text_at, slice.text_bytes);
  }

  Settings settings_{.media_base = "https://sms.example.org/m", .outgoing = {.mms_types = {"image/png"}}};
  Links links_{settings_, std::make_shared<media::LinkKeys>(LinkSecret{.secret = "s"}), kNow};
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

TEST_F(PlanOutbound, WhatCannotGoAsMmsGoesAsALinkBySms) {
  content_.text = std::string(100, 'x');
  const Part film{.type = "video/mp4",
                  .size = 9,
                  .blob = BlobId::make(random_),
                  .until = kNow + std::chrono::hours(1000),
                  .state = PartState::stored};
  const auto planned = plan_parts("5145550199", {film, {.type = "image/png", .size = 9}});
  const auto& row = std::get<NewMessage>(planned);
  ASSERT_THAT(row.deliveries, SizeIs(2));
  EXPECT_EQ(row.parts[0].type, "image/png") << "what goes as MMS stands first";
  EXPECT_EQ(row.deliveries[0].slice, (Slice{.text_bytes = 100, .part_count = 1}));
  EXPECT_EQ(row.deliveries[1].slice.part_count, 0);
  EXPECT_EQ(text_of(row, 1), links_.to(*film.blob, "video/mp4", *film.until, "5145550199"))
      << "its own, which a revocation of another's leaves alone";
}

TEST_F(PlanOutbound, CaptionAndLinkShareAnSmsWhereItHoldsBoth) {
  settings_.outgoing.via = Via::sms;
  const Part part{.type = "image/png", .size = 9, .source_url = "https://files.example.org/a.png"};
  const auto short_one = plan_parts("5145550199", {part});
  ASSERT_THAT(std::get<NewMessage>(short_one).deliveries, SizeIs(1));
  EXPECT_EQ(text_of(std::get<NewMessage>(short_one), 0), "hello\nhttps://files.example.org/a.png");
  content_.text = std::string(150, 'x');
  const auto long_one = plan_parts("5145550199", {part, part, part, part, part, part});
  const auto& row = std::get<NewMessage>(long_one);
  ASSERT_THAT(row.deliveries, SizeIs(3));
  EXPECT_EQ(text_of(row, 0), content_.text);
  EXPECT_EQ(text_of(row, 1).size(), 5U * 31 + 4) << "as many links as an SMS holds";
  EXPECT_EQ(text_of(row, 2), "https://files.example.org/a.png");
}

TEST_F(PlanOutbound, TheOwnerDecidesWhatGoesAsMms) {
  const Part large{.type = "IMAGE/PNG; name=x", .size = 1'200'001};
  const Part fitting{.type = "IMAGE/PNG; name=x", .size = 1'200'000};
  EXPECT_FALSE(goes_as_mms(large, settings_.outgoing));
  EXPECT_TRUE(goes_as_mms(fitting, settings_.outgoing));
  EXPECT_FALSE(goes_as_mms({.type = "video/mp4"}, settings_.outgoing));
  EXPECT_TRUE(goes_as_mms({.type = "video/mp4", .size = 1U << 30}, {.via = Via::mms}));
  EXPECT_FALSE(goes_as_mms(fitting, {.via = Via::sms, .mms_types = {"image/png"}}));
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
