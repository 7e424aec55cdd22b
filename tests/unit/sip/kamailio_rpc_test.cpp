// SPDX-License-Identifier: Apache-2.0
#include "sip/kamailio_rpc.hpp"

#include <gtest/gtest.h>

namespace mmsgate::sip {
namespace {

TEST(ParseLookup, FindsWhoIsThere) {
  const auto found = parse_lookup(R"({"jsonrpc":"2.0","result":{"AoR":"a@b","Contacts":[{"Contact":{}}]},"id":1})");
  ASSERT_TRUE(found);
  EXPECT_TRUE(*found);
}

TEST(ParseLookup, KnowsTheAnswerForNobody) {
  for (const std::string words : {"AOR not found in location table", "AOR has no contacts"}) {
    const auto found = parse_lookup(R"({"jsonrpc":"2.0","error":{"code":500,"message":")" + words + R"("},"id":1})");
    ASSERT_TRUE(found) << words;
    EXPECT_FALSE(*found) << words;
  }
}

TEST(ParseLookup, PassesOnWhatKamailioComplainsOf) {
  const auto found = parse_lookup(R"({"error":{"code":500,"message":"Domain table not found"}})");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), (Error{ErrorKind::transient, "Kamailio answered: Domain table not found"}));
  EXPECT_EQ(parse_lookup(R"({"error":"no"})").error().kind, ErrorKind::transient);
  EXPECT_EQ(parse_lookup(R"({"error":{"code":"404","message":7}})").error().kind, ErrorKind::transient);
}

TEST(ParseLookup, RefusesAllElse) {
  for (const auto* answer : {"", "x", "[]", "7", "{}", R"({"result":null})", R"({"id":1})", "{\"result\":"}) {
    const auto found = parse_lookup(answer);
    ASSERT_FALSE(found) << answer;
    EXPECT_EQ(found.error().kind, ErrorKind::corrupt) << answer;
  }
}

}  // namespace
}  // namespace mmsgate::sip
