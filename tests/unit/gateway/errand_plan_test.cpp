// SPDX-License-Identifier: Apache-2.0
#include "gateway/errand_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "support/fake_random.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kBobsKey = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr const char* kAnyKey = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr const char* kNoKey = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";

class ErrandPlan : public testing::Test {
 protected:
  /// 0: it may.
  int status(web::Errand errand) {
    const auto warrant = warrant_for(errand, keys_, directory_);
    return warrant ? 0 : warrant.error().status;
  }
  NewMessage plan(const web::Errand& errand, const char* account = "100000_bob") {
    return plan_errand(errand, *directory_.find(account), blob_, Layout::together, random_);
  }

  Directory directory_{{{AccountId{"100000_alice"}, Number::parse("5145550100").value(), "101"},
                        {AccountId{"100000_bob"}, Number::parse("5145550100").value(), "102"},
                        {AccountId{"100000_shop"}, Number::parse("5145550110").value(), ""},
                        {AccountId{"100000_bare"}, std::nullopt, ""}}};
  std::vector<store::UploadKey> keys_{
      {.name = "any", .hash = crypto::sha256(kAnyKey), .all_accounts = true},
      {.name = "door", .hash = crypto::sha256(kBobsKey), .accounts = {"100000_bob", "100000_gone"}}};
  testing_support::CountingRandom random_;
  store::Blob blob_{.id = BlobId::make(random_),
                    .type = "image/png",
                    .name = "door.png",
                    .size = 9,
                    .created_at = from_unix_ms(1'800'000'000'000)};
};

TEST_F(ErrandPlan, AKeyOpensItsAccountsByNameAndByExtension) {
  EXPECT_EQ(status({.to = "100000_bob", .key = kBobsKey}), 0);
  EXPECT_EQ(status({.to = "102", .key = kBobsKey}), 0);
  EXPECT_EQ(status({.to = "100000_alice", .key = kAnyKey}), 0);
  const auto warrant = warrant_for({.to = "102", .key = kBobsKey}, keys_, directory_);
  ASSERT_TRUE(warrant);
  EXPECT_EQ(warrant->callee.id.value, "100000_bob");
  EXPECT_EQ(warrant->key_hash, keys_[1].hash);
}

TEST_F(ErrandPlan, EveryOtherReasonIsAnsweredAlike) {
  const web::Errand refused[] = {
      {.to = "100000_bob"},
      {.to = "100000_nobody"},
      {.to = "100000_bob", .key = kNoKey},
      {.to = "100000_bob", .key = keys_[1].hash},
      {.to = "100000_bob", .key = std::string(kBobsKey) + "b"},
      {.to = "100000_alice", .key = kBobsKey},
      {.to = "101", .key = kBobsKey},
      {.to = "100000_nobody", .key = kBobsKey},
      {.to = "100000_gone", .key = kBobsKey},
      {.to = "", .key = kBobsKey},
      {.to = "100000_nobody", .from = "<bad>", .key = kNoKey},
  };
  for (const web::Errand& errand : refused) {
    const auto warrant = warrant_for(errand, keys_, directory_);
    ASSERT_FALSE(warrant) << errand.to << ' ' << errand.key;
    EXPECT_EQ(warrant.error().status, 403) << errand.to << ' ' << errand.key;
    EXPECT_EQ(warrant.error().body, no_warrant().body);
  }
}

TEST_F(ErrandPlan, ToWhomEveryAccountIsOpenItIsSaidWhichThereIsNot) {
  for (const char* to : {"100000_nobody", "10999", "", "5145550100"}) {
    const auto warrant = warrant_for({.to = to, .key = kAnyKey}, keys_, directory_);
    ASSERT_FALSE(warrant) << to;
    EXPECT_EQ(warrant.error().status, 404) << to;
    EXPECT_THAT(warrant.error().body, HasSubstr("no sub account"));
  }
}

TEST_F(ErrandPlan, BeforeTheDirectoryIsKnownItIsToComeAgain) {
  directory_ = Directory();
  EXPECT_EQ(status({.to = "100000_bob", .key = kBobsKey}), 503);
  EXPECT_EQ(status({.to = "100000_bob", .key = kNoKey}), 403) << "but a stranger is told nothing";
}

TEST_F(ErrandPlan, ASenderHoldsNothingThatCouldBreakAnAddress) {
  const auto with = [&](std::string from) { return status({.to = "102", .from = std::move(from), .key = kBobsKey}); };
  for (const char* from : {"5145550199", "+15145550199", "front-door", "cam.1_garden", "1"}) EXPECT_EQ(with(from), 0);
  EXPECT_EQ(with(std::string(64, 'x')), 0);
  EXPECT_EQ(with(std::string(65, 'x')), 400);
  for (const char* from : {"", "a b", "a@b", "<a>", "a\"", "a;b", "a:b", "a\r\nb", "caf\xc3\xa9", "a%b", "a/b"}) {
    EXPECT_EQ(with(from), 400) << from;
  }
}

TEST_F(ErrandPlan, BecomesAMessageAsBetweenExtensions) {
  const NewMessage row = plan({.to = "102", .text = "somebody is at the door"});
  EXPECT_EQ(row.direction, Direction::extension);
  EXPECT_EQ(row.kind, Kind::message);
  EXPECT_EQ(row.provider, "upload");
  EXPECT_EQ(row.provider_id, blob_.id.str());
  EXPECT_EQ(row.own, "102");
  EXPECT_EQ(row.peer, "1099") << "as the first MMSGate had it";
  EXPECT_EQ(row.account, "") << "no sub account has sent it, so none is told";
  EXPECT_EQ(row.subject_id, "");
  EXPECT_EQ(row.text, "somebody is at the door");
  EXPECT_EQ(row.received_at, blob_.created_at);
  ASSERT_THAT(row.parts, SizeIs(1));
  EXPECT_EQ(row.parts[0].blob, blob_.id);
  EXPECT_EQ(row.parts[0].state, PartState::stored);
  EXPECT_EQ(row.parts[0].name, "door.png");
  ASSERT_THAT(row.deliveries, SizeIs(1)) << "one bubble";
  EXPECT_EQ(row.deliveries[0].target, Target::phone);
  EXPECT_EQ(row.deliveries[0].destination, "100000_bob");
  EXPECT_EQ(row.deliveries[0].slice, (Slice{.text_bytes = row.text.size(), .part_count = 1}));
  EXPECT_FALSE(row.deliveries[0].call_id.empty());
}

TEST_F(ErrandPlan, IsFromWhomItSays) {
  EXPECT_EQ(plan({.from = "+15145550199"}).peer, "5145550199") << "a number's own conversation";
  EXPECT_EQ(plan({.from = "front-door"}).peer, "front-door");
}

TEST_F(ErrandPlan, WhoHasNoExtensionIsNamedByNumberElseByAccount) {
  EXPECT_EQ(plan({}, "100000_shop").own, "5145550110");
  EXPECT_EQ(plan({}, "100000_bare").own, "100000_bare");
}

TEST_F(ErrandPlan, WordsThatAreNoUtf8AreMended) {
  EXPECT_THAT(plan({.text = "caf\xe9"}).text, Not(HasSubstr("\xe9")));
  EXPECT_EQ(plan({.text = std::string("a\0b", 3)}).text,
            "a\xEF\xBF\xBD"
            "b");
}

TEST_F(ErrandPlan, ALongCaptionTakesSeveralMessages) {
  EXPECT_GT(plan({.text = std::string(20'000, 'x')}).deliveries.size(), 3U);
}

}  // namespace
}  // namespace mmsgate::gateway
