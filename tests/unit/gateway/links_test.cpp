// SPDX-License-Identifier: Apache-2.0
// Links for one recipient each, and what a name may stand for.
#include "gateway/links.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::gateway {
namespace {

using std::chrono::hours;
using testing::EndsWith;
using testing::StartsWith;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);  // 2027-01-15 08:00:00 UTC
const BlobId kBlob = BlobId::parse("0123456789abcdef0123456789abcdef").value();

class LinksTest : public testing::Test {
 protected:
  [[nodiscard]] Links at(TimePoint now) const { return {settings_, keys_, now}; }
  /// What is behind our media path.
  [[nodiscard]] std::string name_of(const std::string& link) const {
    const auto name = at(kNow).name_in(link);
    EXPECT_TRUE(name) << link;
    return std::string(name.value_or(""));
  }
  Settings settings_{.media_base = "https://sms.example.org/m"};
  std::shared_ptr<const media::LinkKeys> keys_ = std::make_shared<media::LinkKeys>(LinkSecret{.secret = "s"});
};

TEST_F(LinksTest, ThereAndBack) {
  const std::string link = at(kNow).to(kBlob, "image/jpeg", kNow + hours(1000), "5145550199");
  EXPECT_THAT(link, StartsWith("https://sms.example.org/m/"));
  EXPECT_THAT(link, EndsWith(".jpg"));
  EXPECT_EQ(link.find(kBlob.str()), std::string::npos);
  const auto named = at(kNow).read(name_of(link));
  ASSERT_TRUE(named);
  EXPECT_EQ(named->blob, kBlob);
  EXPECT_FALSE(named->is_plain);
  EXPECT_EQ(at(kNow + hours(1000)).read(name_of(link)), std::nullopt);
}

TEST_F(LinksTest, AnSmsHoldsOneHoweverLongTheHostsNameIs) {
  settings_.media_base = "https://mmsgate.a-rather-long-name.example.org:38443/mmsmedia";
  EXPECT_LT(at(kNow).to(kBlob, "image/jpeg", kNow, "5145550199").size(), CarrierLimits().sms_bytes);
}

// A phone that finds links in a text leaves a - at its end out.
TEST_F(LinksTest, EveryLinkHasAnEnding) {
  EXPECT_THAT(at(kNow).to(kBlob, "application/x-nobody-knows", kNow, "5145550199"), EndsWith(".bin"));
}

TEST_F(LinksTest, WhatIsNotBehindOurPathIsAnotherServers) {
  const Links links = at(kNow);
  for (const char* url : {"", "https://sms.example.org/m", "https://sms.example.org/mX/a", "https://b.example.org/m/a",
                          "http://sms.example.org/m/a"}) {
    EXPECT_EQ(links.name_in(url), std::nullopt) << url;
  }
  EXPECT_EQ(links.name_in("https://sms.example.org/m/a/../b"), "a/../b");
}

TEST_F(LinksTest, ABareIdOrUuidIsForOldFilesAlone) {
  for (const char* name : {"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef.jpg",
                           "01234567-89ab-cdef-0123-456789abcdef.jpg"}) {
    const auto named = at(kNow).read(name);
    ASSERT_TRUE(named) << name;
    EXPECT_EQ(named->blob, kBlob);
    EXPECT_TRUE(opens(*named, {.id = kBlob, .has_plain_link = true}));
    EXPECT_FALSE(opens(*named, {.id = kBlob}));
  }
}

TEST_F(LinksTest, NoOtherNameStandsForAnything) {
  for (const char* name : {"", ".", "..", "../etc/passwd", "0123", "0123456789ABCDEF0123456789ABCDEF",
                           "0123456789abcdef0123456789abcdef/x"}) {
    EXPECT_EQ(at(kNow).read(name), std::nullopt) << name;
  }
}

TEST_F(LinksTest, ARetriedDeliveryHasTheSameLink) {
  const TimePoint until = kNow + hours(1000);
  EXPECT_EQ(at(kNow).to(kBlob, "image/png", until, "5145550199"),
            at(kNow + hours(100)).to(kBlob, "image/png", until, "5145550199"));
}

// It has waited for a phone until the file's time was over: nobody removes it before it is delivered.
TEST_F(LinksTest, WhatArrivesLateCanStillBeFetchedForADay) {
  const std::string late = at(kNow).to(kBlob, "image/png", kNow - hours(5), "100000_alice");
  EXPECT_TRUE(at(kNow + hours(24)).read(name_of(late)));
  EXPECT_FALSE(at(kNow + hours(48)).read(name_of(late)));
  EXPECT_EQ(at(kNow + hours(1)).to(kBlob, "image/png", kNow - hours(5), "100000_alice"), late)
      << "and the next try too";
}

TEST_F(LinksTest, WhileFilesMayStayTheirLinksDo) {
  settings_.most_media_kept = 1;
  const std::string link = at(kNow).to(kBlob, "image/png", kNow, "100000_alice");
  EXPECT_TRUE(at(kNow + hours(24 * 365 * 20)).read(name_of(link)));
}

TEST_F(LinksTest, AnUploadersLinkIsItsAccounts) {
  const Directory directory({{AccountId{"100000_alice"}, std::nullopt, "101"}});
  for (const char* from : {"sip:100000_alice@sip.example", "sips:100000_alice@sip.example"}) {
    EXPECT_EQ(uploader_of(from, directory), "100000_alice") << from;
  }
  for (const char* from : {"", "sip:", "100000_alice", "sip:100000_bob@sip.example", "sip:x\r\ny@sip.example", ":@"}) {
    EXPECT_EQ(uploader_of(from, directory), "uploads") << from;
  }
}

}  // namespace
}  // namespace mmsgate::gateway
