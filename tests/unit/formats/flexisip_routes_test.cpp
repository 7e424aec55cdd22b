// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FlexisipRoutes, AreRulesWithTheirConditions) {
  const auto routes = parse_flexisip_routes(
      "# <sip:no> *\n"
      "\n"
      "<sip:127.0.0.2>     request.method == 'MESSAGE'  &&\tuser-agent contains 'Linphone'  # files\n"
      "<sip:10.0.0.1;transport=tcp>  to.uri.user == 'a  b'\n"
      "    && x == 'y'\n"
      "\t# nothing\n"
      "\t|| z\n"
      "<sip:alone>\n"
      "<sip:all> *");
  ASSERT_EQ(routes.size(), 4U);
  EXPECT_EQ(routes[0].route, "<sip:127.0.0.2>");
  EXPECT_EQ(routes[0].condition, "request.method == 'MESSAGE' && user-agent contains 'Linphone'");
  EXPECT_EQ(routes[0].line, 3);
  EXPECT_EQ(routes[1].condition, "to.uri.user == 'a  b' && x == 'y' || z");
  EXPECT_EQ(routes[1].line, 4);
  EXPECT_EQ(routes[2].condition, "");
  EXPECT_EQ(routes[3].condition, "*");
  EXPECT_EQ(routes[3].line, 9);
}

TEST(FlexisipRoutes, AFirstLineMayBeIndented) {
  EXPECT_EQ(parse_flexisip_routes("  <sip:a> *\n").at(0).route, "<sip:a>");
  EXPECT_THAT(parse_flexisip_routes(""), IsEmpty());
}

TEST(Conjuncts, AreWhatMustAllBeTrue) {
  EXPECT_THAT(conjuncts("a == 'b' && c"), ElementsAre("a == 'b'", "c"));
  EXPECT_THAT(conjuncts("((a == 'b')&&(  c && (d)) )"), ElementsAre("a == 'b'", "c", "d"));
  EXPECT_THAT(conjuncts("a && (b || c)"), ElementsAre("a", "b || c"));
  EXPECT_THAT(conjuncts("a && b || c"), ElementsAre("a && b || c")) << "here the two are not needed both";
  EXPECT_THAT(conjuncts("(a) && (b)"), ElementsAre("a", "b")) << "the first and the last do not belong together";
  EXPECT_THAT(conjuncts("a == ' && ' && b == ')'"), ElementsAre("a == ' && '", "b == ')'"));
  EXPECT_THAT(conjuncts("*"), IsEmpty());
  EXPECT_THAT(conjuncts("true && a"), ElementsAre("a"));
  EXPECT_THAT(conjuncts("&&"), IsEmpty());
}

TEST(Conjuncts, HaveOneSpelling) {
  EXPECT_EQ(conjuncts("x   regexp '^10[0-9]{1,10}$'"), conjuncts("x regex '10[0-9]{1,10}'"));
  EXPECT_NE(conjuncts("x regex '10\\$'"), conjuncts("x regex '10\\'"));
}

TEST(SipPlaces, AreWhereUrisLead) {
  const auto seen = [](std::string_view uri) {
    const SipPlace place = sip_place(uri);
    return (place.is_tls ? "tls " : "") + place.host + " " + std::to_string(place.port) + " " + place.transport;
  };
  EXPECT_EQ(seen("<sip:127.0.0.2>"), "127.0.0.2 5060 ");
  EXPECT_EQ(seen("sips:SMS.example.org;maddr=10.0.0.1"), "tls sms.example.org 5061 ");
  EXPECT_EQ(seen("sip:bob@[2001:db8::1]:5080;transport=TCP"), "2001:db8::1 5080 tcp");
  EXPECT_EQ(seen("<sip:a:5070;transport=tls;lr>"), "tls a 5070 tls");
  EXPECT_EQ(seen("sip:*"), "* 5060 ");
  for (const char* nothing : {"", "127.0.0.2", "http://a", "sip:a:b", "sip:a:99999", "sip:"}) {
    EXPECT_EQ(sip_place(nothing).host, "") << nothing;
  }
}

}  // namespace
}  // namespace mmsgate::formats
