// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_config.hpp"

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

TEST(FirebaseKeys, MayGoOnInAFurtherLine) {
  const auto keys =
      parse_firebase_keys("[module::PushNotification]\r\nfirebase-service-accounts=a:/a \\\r\n  b:/b\r\nc:/c\r\n");
  ASSERT_TRUE(keys);
  EXPECT_THAT(*keys, ElementsAre(Pair("a", "/a"), Pair("b", "/b")));
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
    EXPECT_THAT(keys.error().detail, HasSubstr("PROJECT:FILE"));
  }
}

}  // namespace
}  // namespace mmsgate::formats
