// SPDX-License-Identifier: Apache-2.0
#include "formats/kamailio_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr TimePoint kNow{seconds(1'800'000'000)};

/// As it came from Kamailio 5.6 for a real Linphone phone; each tab two blanks, and some fields left out.
constexpr std::string_view kLookup = R"({
  "jsonrpc":  "2.0",
  "result":  {
    "AoR":  "100000_alice@sim.example",
    "Contacts":  [{
        "Contact":  {
          "Address":  "sip:100000_alice@127.0.0.1:33806;transport=tcp",
          "Expires":  3600,
          "Q":  -1,
          "Call-ID":  "lzEWmct972",
          "CSeq":  20,
          "User-Agent":  "LinphoneSandbox/5.1",
          "Received":  "[not set]",
          "Path":  "[not set]",
          "State":  "CS_NEW",
          "Instance":  "<urn:uuid:0139d1c9-02ed-00bf-b4ae-cd92f917fd85>",
          "Reg-Id":  0
        }
      }]
  },
  "id":  1
})";

TEST(UlLookup, ReadsARealAnswer) {
  const auto phones = parse_ul_lookup(kLookup, kNow, "other.example");
  ASSERT_TRUE(phones) << phones.error().detail;
  EXPECT_THAT(*phones, ElementsAre(Registration{.account = "100000_alice",
                                                .domain = "sim.example",
                                                .device = "<urn:uuid:0139d1c9-02ed-00bf-b4ae-cd92f917fd85>",
                                                .expires_at = kNow + seconds(3600),
                                                .user_agent = "LinphoneSandbox/5.1",
                                                .transport = "tcp"}));
}

TEST(UlLookup, KnowsTheWordsThatStandForATime) {
  const auto phones = parse_ul_lookup(R"({"result":{"AoR":"bob","Contacts":[
      {"Contact":{"Address":"sip:1@h","Expires":"permanent","Instance":"[not set]"}},
      {"Contact":{"Address":"sip:2@h","Expires":"expired"}},
      {"Contact":{"Address":"sip:3@h","Expires":"deleted"}},
      {"Contact":{"Address":"sip:4@h","Expires":"99999999999999999999"}},
      {"Contact":{}}, null, 7]}})",
                                      kNow, "sip.example");
  ASSERT_TRUE(phones);
  ASSERT_THAT(*phones, SizeIs(3));
  EXPECT_EQ((*phones)[0].expires_at, std::nullopt);
  EXPECT_EQ((*phones)[0].device, "sip:1@h");
  EXPECT_EQ((*phones)[0].domain, "sip.example") << "Kamailio keeps accounts without a domain";
  EXPECT_TRUE(is_over((*phones)[1], kNow));
}

TEST(UlLookup, KnowsTheAnswerForNobody) {
  for (const std::string words : {"AOR not found in location table", "AOR has no contacts"}) {
    const auto found =
        parse_ul_lookup(R"({"jsonrpc":"2.0","error":{"code":500,"message":")" + words + R"("},"id":1})", kNow, "");
    ASSERT_TRUE(found) << words;
    EXPECT_THAT(*found, IsEmpty()) << words;
  }
}

TEST(UlLookup, PassesOnWhatKamailioComplainsOf) {
  const auto found = parse_ul_lookup(R"({"error":{"code":500,"message":"Domain table not found"}})", kNow, "");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), (Error{ErrorKind::transient, "Kamailio answered: Domain table not found"}));
  EXPECT_EQ(parse_ul_lookup(R"({"error":"no"})", kNow, "").error().kind, ErrorKind::transient);
  EXPECT_EQ(parse_ul_lookup(R"({"error":{"code":"404","message":7}})", kNow, "").error().kind, ErrorKind::transient);
  EXPECT_THAT(parse_ul_lookup(R"({"error":{"message":"a\u001b[2Jb"}})", kNow, "").error().detail, HasSubstr("a?[2Jb"));
}

TEST(UlLookup, RefusesAllElse) {
  for (const auto* answer : {"", "x", "[]", "7", "{}", R"({"result":null})", R"({"id":1})", "{\"result\":"}) {
    const auto found = parse_ul_lookup(answer, kNow, "");
    ASSERT_FALSE(found) << answer;
    EXPECT_EQ(found.error().kind, ErrorKind::corrupt) << answer;
  }
}

TEST(UlDump, ListsTheAddressesOfTheLocationTable) {
  const auto addresses = parse_ul_dump(R"({"jsonrpc":"2.0","result":{"Domains":[
      {"Domain":{"Domain":"location","Size":1024,"AoRs":[{"AoR":"100000_alice@sim.example"},{"AoR":"bob"}],
                 "Stats":{"Records":2,"Max-Slots":1}}},
      {"Domain":{"Domain":"aliases","AoRs":[{"AoR":"eve@sim.example"}]}}]},"id":1})");
  ASSERT_TRUE(addresses) << addresses.error().detail;
  EXPECT_THAT(*addresses, ElementsAre("100000_alice@sim.example", "bob"));
  EXPECT_THAT(*parse_ul_dump(R"({"result":{"Domains":[]}})"), IsEmpty());
}

TEST(UlDump, RefusesAllElse) {
  EXPECT_EQ(parse_ul_dump(R"({"result":{}})").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(parse_ul_dump(R"({"error":{"message":"method not found"}})").error().kind, ErrorKind::transient);
}

TEST(Uptime, IsKnownByItsOwnWords) {
  // As Kamailio 5.6 answers.
  const auto since = parse_uptime(
      R"({"jsonrpc":"2.0","result":{"now":"Sat Nov 28 03:40:12 2026","up_since":"Sat Nov 28 03:39:58 2026","uptime":14},"id":3})");
  ASSERT_TRUE(since) << since.error().detail;
  EXPECT_EQ(*since, "Sat Nov 28 03:39:58 2026");
  EXPECT_EQ(parse_uptime("{\"result\":{\"up_since\":\"a\\u001bb\"}}"), "a?b");
  for (const char* answer : {"", "[]", "{}", R"({"result":{}})", R"({"result":[]})"}) {
    const auto none = parse_uptime(answer);
    ASSERT_FALSE(none) << answer;
    EXPECT_EQ(none.error().kind, ErrorKind::corrupt) << answer;
  }
  EXPECT_EQ(parse_uptime(R"({"error":{"code":500,"message":"no"}})").error().kind, ErrorKind::transient);
}

}  // namespace
}  // namespace mmsgate::formats
