// SPDX-License-Identifier: Apache-2.0
#include "formats/contact_uri.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;

TEST(UriParameter, IsFoundByItsWholeNameBehindTheUser) {
  constexpr std::string_view kUri = "<sip:bob;transport=udp@192.0.2.1:5061;Transport=TLS;x=1;xx=2?xxx=3>";
  EXPECT_EQ(uri_parameter(kUri, "transport"), "TLS");
  EXPECT_EQ(uri_parameter(kUri, "x"), "1");
  EXPECT_EQ(uri_parameter(kUri, "xx"), "2");
  EXPECT_EQ(uri_parameter(kUri, "xxx"), "");
  EXPECT_EQ(uri_parameter("sip:a@b;lr;c=", "c"), "");
}

TEST(TransportOf, IsAWord) {
  EXPECT_EQ(transport_of("sip:bob@192.0.2.1"), "udp");
  EXPECT_EQ(transport_of("sip:bob@192.0.2.1;transport=TCP;fs-conn-id=7f"), "tcp");
  EXPECT_EQ(transport_of("sips:bob@192.0.2.1"), "tls");
  EXPECT_EQ(transport_of("sips:bob@192.0.2.1;transport=tcp"), "tls");
  EXPECT_EQ(transport_of("sip:bob@192.0.2.1;transport=\x1b[2J"), "?");
  EXPECT_EQ(transport_of("sip:bob@192.0.2.1;transport=averylongword"), "?");
}

TEST(PushTargetOf, ReadsWhatThePhoneSaid) {
  const auto push = push_target_of(
      "sip:bob@192.0.2.1:5061;pn-provider=fcm;pn-param=my-project;pn-prid=fX%3AAPA91b-_%7e;transport=tls");
  ASSERT_TRUE(push && *push);
  EXPECT_EQ(**push, (PushTarget{"fcm", "my-project", "fX:APA91b-_~"}));
  EXPECT_EQ(*push_target_of("sip:bob@192.0.2.1;app-id=929724111839;pn-type=firebase;pn-tok=abc"),
            (PushTarget{"fcm", "929724111839", "abc"}));
  EXPECT_EQ(*push_target_of("sip:bob@192.0.2.1;transport=tls"), std::nullopt);
}

TEST(PushTargetOf, WhatAShellWouldTakeForSomethingIsAValueLikeAnother) {
  const auto push = push_target_of("sip:b@h;pn-provider=fcm;pn-param=$(id)%3B%20x;pn-prid=`a`|'%22%25");
  ASSERT_TRUE(push && *push);
  EXPECT_EQ((*push)->param, "$(id); x");
  EXPECT_EQ((*push)->prid, "`a`|'\"%");
}

TEST(PushTargetOf, RefusesWhatMustNotStandInACommand) {
  const auto refused = [](const std::string& prid) {
    const auto push = push_target_of("sip:b@h;pn-provider=fcm;pn-param=p;pn-prid=" + prid);
    return push ? std::string("taken") : push.error().detail;
  };
  EXPECT_EQ(refused("ok"), "taken");
  EXPECT_THAT(refused("--customPayload"), HasSubstr("begins with a dash"));
  EXPECT_THAT(refused("%2Dh"), HasSubstr("begins with a dash"));
  for (const char* value : {"a%00b", "a%0Ab", "%1B[2J", "%7f", "%C2%9B"}) {
    EXPECT_THAT(refused(value), HasSubstr("do not belong there")) << value;
  }
  EXPECT_THAT(refused(std::string(5000, 'x')), HasSubstr("too long"));
  EXPECT_THAT(refused(""), HasSubstr("pn-prid is missing"));
  EXPECT_THAT(push_target_of("sip:b@h;pn-type=apple;app-id=a;pn-tok=b").error().detail, HasSubstr("Firebase only"));
  EXPECT_FALSE(push_target_of("sip:b@h;pn-provider=-x;pn-param=p;pn-prid=q"));
}

TEST(RegistrationOf, TakesTheAddressApart) {
  const Registration one = registration_of("100000_bob@pop.example", "sip:b@h;transport=tcp", "<urn:uuid:1>");
  EXPECT_EQ(one, (Registration{
                     .account = "100000_bob", .domain = "pop.example", .device = "<urn:uuid:1>", .transport = "tcp"}));
  const Registration other = registration_of("100000_bob", "sip:b@h;pn-provider=fcm", "", "sip.example");
  EXPECT_EQ(other.domain, "sip.example");
  EXPECT_EQ(other.device, "sip:b@h;pn-provider=fcm") << "without a name of its own, its contact is";
  EXPECT_THAT(other.no_push, HasSubstr("pn-param is missing"));
}

}  // namespace
}  // namespace mmsgate::formats
