// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_config.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

TEST(FirebaseKeys, AreFoundAmongAllElse) {
  const auto keys = parse_firebase_keys(R"(##
## An option that looks like ours in a comment:
#firebase-service-accounts=no:/no

[global]
transports=sips:localhost;maddr=127.0.0.1;tls-verify-outgoing=0 sip:localhost
firebase-service-accounts=wrong:/section
a line that is nothing

[module::PushNotification]
enabled=true
# List of pairs.
firebase-service-accounts =  one:/etc/flexisip/one.json  929724111839:/etc/flexisip/two.json
firebase-projects-api-keys=old:AAAA

[module::Router]
firebase-service-accounts=wrong:/section
)");
  ASSERT_TRUE(keys) << keys.error().detail;
  EXPECT_THAT(*keys,
              ElementsAre(Pair("929724111839", "/etc/flexisip/two.json"), Pair("one", "/etc/flexisip/one.json")));
}

// Flexisip itself knows no line that goes on in the next one: who writes so has a key less than he thinks.
TEST(FirebaseKeys, DoNotGoOnInAFurtherLine) {
  const auto keys = parse_firebase_keys("[module::PushNotification]\nfirebase-service-accounts=a:/a \\\n  b:/b\n");
  ASSERT_FALSE(keys);
  EXPECT_THAT(keys.error().detail, HasSubstr("line 2: "));
  EXPECT_THAT(parse_firebase_keys("[module::PushNotification]\nfirebase-service-accounts=a:/a, b:/b\nc:/c\n").value(),
              ElementsAre(Pair("a", "/a"), Pair("b", "/b")));
}

TEST(FirebaseKeys, NeedNotBeThere) {
  for (const char* text :
       {"", "[module::PushNotification]\n", "[module::PushNotification]\nfirebase-service-accounts=\n",
        "[module::PushNotification\nfirebase-service-accounts=a:/a\n"}) {
    const auto keys = parse_firebase_keys(text);
    ASSERT_TRUE(keys) << text;
    EXPECT_THAT(*keys, IsEmpty()) << text;
  }
}

TEST(FirebaseKeys, WhatIsNoPairIsToldWithItsLine) {
  for (const char* pair : {"a", ":/a", "a:", "ok:/ok a"}) {
    const auto keys =
        parse_firebase_keys(std::string("[module::PushNotification]\n\nfirebase-service-accounts=") + pair);
    ASSERT_FALSE(keys) << pair;
    EXPECT_EQ(keys.error().kind, ErrorKind::rejected);
    EXPECT_THAT(keys.error().detail, HasSubstr("line 3: "));
    EXPECT_THAT(keys.error().detail, HasSubstr("PROJECT-NUMBER:FILE"));
  }
}

TEST(FlexisipConfig, IsReadAsFlexisipReadsIt) {
  const FlexisipConfig config = parse_flexisip_config(
      "before=any section\n"
      "  # a=comment\n"
      " [ global ] what follows\n"
      "  transports = sip:a sips:b   \n"
      ";no comment=here\n"
      "empty=\n"
      "blank=   \n"
      "nothing\n"
      "two words=one key\n"
      "[]\n"
      "[module::Router\n"
      "filter=a == 'b=c'\n"
      "[Module::ROUTER]\n"
      "FILTER=x\r\n"
      "filter=last");
  ASSERT_EQ(config.settings.size(), 6U);
  const auto line = [&config](std::size_t i) {
    const FlexisipSetting& each = config.settings.at(i);
    return fmt::format("{} [{}] {}={}", each.line, each.section, each.key, each.value);
  };
  EXPECT_EQ(line(0), "4 [global] transports=sip:a sips:b");
  EXPECT_EQ(line(1), "5 [global] ;no=here");
  EXPECT_EQ(line(2), "9 [global] two=one key");
  EXPECT_EQ(line(3), "12 [global] filter=a == 'b=c'") << "a head that does not end is none";
  EXPECT_EQ(line(4), "14 [Module::ROUTER] FILTER=x\r") << "Flexisip stumbles over it: it is to be seen";
  EXPECT_EQ(line(5), "15 [Module::ROUTER] filter=last");
  EXPECT_EQ(config.all("module::Router", "Filter").size(), 2U);
  EXPECT_EQ(config.line_of("module::router"), 13);
  EXPECT_EQ(config.line_of("global"), 3);
  EXPECT_EQ(config.line_of("module::Forward"), 0);
}

TEST(FlexisipConfig, ListsAreSeparatedByBlanksAndCommas) {
  EXPECT_THAT(flexisip_items(" a,b  c , d"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(flexisip_items(" , "), IsEmpty());
}

}  // namespace
}  // namespace mmsgate::formats
