// SPDX-License-Identifier: Apache-2.0
// What rows of the first MMSGate's database mean.
#include "gateway/old_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);
constexpr const char* kUuid = "01234567-89ab-4cde-8f01-23456789abcd";

std::string xml_of(const std::string& name) {
  return R"(<?xml version="1.0"?><file xmlns="urn:gsma:params:xml:ns:rcs:rcs:fthttp"><file-info type="file">)"
         "<file-size>9</file-size><file-name>" +
         name + R"(</file-name><content-type>image/png</content-type><data url="https://sms.example.org/m/)" + kUuid +
         R"(.png" until="2027-01-01T00:00:00Z"/></file-info></file>)";
}

class PlanImport : public testing::Test {
 protected:
  [[nodiscard]] store::Import plan(std::size_t nth = 0) {
    const FindBlob find = [this](const BlobId& id) -> std::optional<store::Blob> {
      if (!has_files_) return std::nullopt;
      return store::Blob{.id = id, .type = "image/png", .size = 9, .has_plain_link = true};
    };
    return plan_import(row_, nth, directory_, settings_, links_, find, kNow, random_);
  }
  void is_from_alice(const std::string& to) {
    row_.outgoing = true;
    row_.from = "100000_alice";
    row_.to = to;
    row_.did = row_.carrier_id = "";
  }

  store::OldRow row_{.received = kNow - std::chrono::hours(1),
                     .from = "5145550199",
                     .to = "100000_alice",
                     .did = "5145550100",
                     .type = "SMS",
                     .message = "hello",
                     .status = "QUEUED",
                     .carrier_id = "77"};
  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"},
                        {AccountId{"100000_bob"}, Number::parse("5145550100").value(), "102"}}};
  Settings settings_{.media_base = "https://sms.example.org/m", .outgoing = {.mms_types = {"image/png"}}};
  Links links_{settings_, std::make_shared<media::LinkKeys>(LinkSecret{.secret = "s"}), kNow};
  testing_support::CountingRandom random_;
  bool has_files_ = true;
};

TEST_F(PlanImport, WhatWaitsForAPhoneGoesToThatPhoneAlone) {
  const auto import = plan();
  const NewMessage& message = import.piece;
  EXPECT_EQ(message.direction, Direction::inbound);
  EXPECT_EQ(message.provider, "voipms");
  EXPECT_EQ(message.provider_id, "77");
  EXPECT_EQ(message.own, "5145550100");
  EXPECT_EQ(message.peer, "5145550199");
  EXPECT_EQ(message.received_at, row_.received);
  ASSERT_THAT(message.deliveries, SizeIs(1));
  EXPECT_EQ(message.deliveries[0].destination, "100000_alice");
  EXPECT_EQ(message.deliveries[0].state, State::queued);
  EXPECT_FALSE(message.deliveries[0].call_id.empty());
  EXPECT_FALSE(import.is_whole) << "its pictures stand in rows of their own";
  EXPECT_FALSE(import.was_tried);
  EXPECT_EQ(import.born_at, kNow) << "it gets all the time that a new one has";
}

TEST_F(PlanImport, WhatHadArrivedHasItsTimeAndItsWordFromThere) {
  row_.status = "202";
  row_.tried = row_.received + std::chrono::seconds(7);
  row_.tries = 1;
  const auto import = plan();
  EXPECT_EQ(import.piece.deliveries.at(0).state, State::accepted);
  EXPECT_EQ(import.piece.deliveries.at(0).reason, "202 there, after 1 try");
  EXPECT_EQ(import.at, row_.tried);
}

TEST_F(PlanImport, WhatWasTriedIsLookedForInTheCarriersLogFromThenOn) {
  is_from_alice("5145550199");
  row_.tries = 3;
  row_.tried = kNow - std::chrono::hours(2);
  EXPECT_TRUE(plan().was_tried);
  EXPECT_EQ(plan().born_at, row_.tried);
  row_.tried = kNow - std::chrono::hours(24 * 30);
  EXPECT_EQ(plan().born_at, kNow - std::chrono::hours(24)) << "and has most of its time before it all the same";
  row_.tried = kNow + std::chrono::hours(1);
  EXPECT_EQ(plan().born_at, kNow) << "a clock that went wrong gives nobody more";
}

TEST_F(PlanImport, AFileOfTheFolderIsOurs) {
  row_.type = "MMS";
  row_.message = xml_of("media.png");
  const auto parts = plan().piece.parts;
  ASSERT_THAT(parts, SizeIs(1));
  ASSERT_TRUE(parts[0].blob);
  EXPECT_EQ(parts[0].blob->str(), "0123456789ab4cde8f0123456789abcd");
  EXPECT_EQ(parts[0].state, PartState::stored);
  has_files_ = false;
  EXPECT_FALSE(plan().piece.parts.at(0).blob);
  EXPECT_EQ(plan().piece.parts.at(0).source_url, std::string("https://sms.example.org/m/") + kUuid + ".png");
}

// Its XML was put together without escaping anything (predecessor's defect 9).
TEST_F(PlanImport, AFileNameThatBrokeItsXmlIsReadAllTheSame) {
  row_.type = "MMS";
  for (const std::string name : {"salt & pepper.png", "AT&T.png", "a&b;c.png", "&", "kept &amp; whole.png"}) {
    row_.message = xml_of(name);
    ASSERT_THAT(plan().piece.parts, SizeIs(1)) << name;
  }
  row_.message = xml_of("salt & pepper.png");
  EXPECT_EQ(plan().piece.parts[0].name, "salt & pepper.png");
}

TEST_F(PlanImport, WhatCannotBeReadHasFailedAndIsKeptAsItIs) {
  row_.type = "MMS";
  row_.message = "<file><";
  const auto message = plan().piece;
  EXPECT_EQ(message.deliveries.at(0).state, State::failed);
  EXPECT_EQ(message.raw, "<file><");
  EXPECT_THAT(message.text, IsEmpty());
}

TEST_F(PlanImport, RowsWithoutAnIdAreToldApartByTimeAndPlace) {
  is_from_alice("5145550199");
  row_.status = "200";
  EXPECT_EQ(plan(0).piece.provider, "mmsgate1");
  EXPECT_EQ(plan(0).piece.provider_id, "1799996400|100000_alice|5145550199|0");
  EXPECT_NE(plan(1).piece.provider_id, plan(0).piece.provider_id);
  EXPECT_TRUE(plan(0).is_whole);
}

TEST_F(PlanImport, ACamerasPictureHasNoNumberOfOurs) {
  row_.from = "1099";
  row_.did = "";
  row_.carrier_id = "0";
  const auto message = plan().piece;
  EXPECT_EQ(message.provider, "mmsgate1");
  EXPECT_EQ(message.direction, Direction::inbound);
  EXPECT_EQ(message.peer, "1099");
}

TEST_F(PlanImport, WhatAPhoneSentAPhoneKnowsItsSender) {
  row_.from = "102";
  row_.did = row_.carrier_id = "";
  const auto message = plan().piece;
  EXPECT_EQ(message.direction, Direction::extension);
  EXPECT_EQ(message.account, "100000_bob") << "who is told should it not arrive";
  EXPECT_EQ(message.own, "101");
}

TEST_F(PlanImport, WhatWaitsForTheCarrierIsCutAsANewOneWouldBe) {
  is_from_alice("15145550199");
  row_.type = "MMS";
  row_.message = xml_of("a.png");
  const auto message = plan().piece;
  EXPECT_EQ(message.own, "5145550100");
  EXPECT_EQ(message.peer, "5145550199");
  ASSERT_THAT(message.deliveries, SizeIs(1));
  EXPECT_EQ(message.deliveries[0].target, Target::carrier);
  EXPECT_EQ(message.deliveries[0].slice.part_count, 1);
  settings_.outgoing.via = Via::sms;
  EXPECT_EQ(plan().piece.deliveries.at(0).slice.part_count, 0) << "a link by SMS";
}

TEST_F(PlanImport, WhatWaitsForAnExtensionGoesToItsPhone) {
  is_from_alice("102");
  const auto message = plan().piece;
  EXPECT_EQ(message.direction, Direction::extension);
  EXPECT_EQ(message.deliveries.at(0).destination, "100000_bob");
}

TEST_F(PlanImport, WhatWentToAnExtensionHasItsDeliveryInAnotherRow) {
  is_from_alice("102");
  row_.status = "200";
  EXPECT_EQ(plan().piece.direction, Direction::extension);
  EXPECT_THAT(plan().piece.deliveries, IsEmpty());
}

TEST_F(PlanImport, WhoseSenderIsGoneHasFailed) {
  is_from_alice("5145550199");
  row_.from = "100000_gone";
  const auto message = plan().piece;
  EXPECT_EQ(message.deliveries.at(0).state, State::failed);
  EXPECT_EQ(message.deliveries.at(0).reason, "there is no sub account 100000_gone any more");
  is_from_alice("not-a-number");
  EXPECT_EQ(plan().piece.deliveries.at(0).reason, "Not a phone number");
}

}  // namespace
}  // namespace mmsgate::gateway
