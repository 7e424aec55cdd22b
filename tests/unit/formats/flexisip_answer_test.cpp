// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_answer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// As it came from Flexisip 2.3.5, numbers and names changed, and each tab two blanks.
constexpr std::string_view kGet = R"({
  "contacts" : [
    {
      "contact" : "sip:bob@127.0.0.1:39376;transport=tcp;fs-conn-id=7f04fd785dd8a04f",
      "path" : [ "sip:127.0.0.1:5090;transport=tcp;lr" ],
      "expires-at" : 1795427273,
      "q" : 1,
      "unique-id" : "\"<urn:uuid:c40797e8-0000-1000-8000-000000000000>\"",
      "user-agent" : "LinphoneTest/5.1",
      "call-id" : "x~y",
      "cseq" : 20,
      "accept" : [ "application/sdp", "text/plain", "application/vnd.gsma.rcs-ft-http+xml" ],
      "alias" : 0,
      "update-time" : 1795423673
    }
  ]
}
)";

TEST(RegistrarGet, ReadsARealAnswer) {
  const auto contacts = parse_registrar_get(kGet);
  ASSERT_TRUE(contacts) << contacts.error().detail;
  ASSERT_THAT(*contacts, SizeIs(1));
  EXPECT_EQ((*contacts)[0].uri, "sip:bob@127.0.0.1:39376;transport=tcp;fs-conn-id=7f04fd785dd8a04f");
  EXPECT_THAT((*contacts)[0].path, ElementsAre("sip:127.0.0.1:5090;transport=tcp;lr"));
  EXPECT_THAT((*contacts)[0].accept, SizeIs(3));
  EXPECT_EQ((*contacts)[0].expires_at, 1795427273);
  EXPECT_EQ((*contacts)[0].unique_id, "\"<urn:uuid:c40797e8-0000-1000-8000-000000000000>\"");
  EXPECT_EQ((*contacts)[0].user_agent, "LinphoneTest/5.1");
}

TEST(RegistrarGet, WhoIsNotThereHasNoContacts) {
  EXPECT_THAT(*parse_registrar_get("Error 404: Not Found. The Registrar does not contain the requested AOR."),
              IsEmpty());
  EXPECT_THAT(*parse_registrar_get("Error - The Registrar does not contain the requested AOR."), IsEmpty());
  EXPECT_THAT(*parse_registrar_get(R"({"contacts":[]})"), IsEmpty());
  EXPECT_THAT(*parse_registrar_get(R"({"contacts":[{},7,null]})"), IsEmpty());
}

TEST(RegistrarGet, ComplaintsAndNonsenseAreErrors) {
  EXPECT_EQ(parse_registrar_get("Error: unknown command X").error(),
            (Error{ErrorKind::transient, "Flexisip answered: Error: unknown command X"}));
  EXPECT_EQ(parse_registrar_get("oops").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(parse_registrar_get("").error().kind, ErrorKind::corrupt);
  EXPECT_THAT(parse_registrar_get(R"({"aors":[]})").error().detail, HasSubstr("contacts"));
}

TEST(RegistrarDump, ListsAddressesThatAreSafeToSay) {
  EXPECT_THAT(*parse_registrar_dump(R"({"aors":["100000_bob@pop.example","a b@c","eve\r\nX: y@pop.example"]})"),
              ElementsAre("100000_bob@pop.example"));
  EXPECT_EQ(parse_registrar_dump("Error - busy").error().kind, ErrorKind::transient);
}

TEST(RegistrarDump, AnAccountIsFoundByItsWholeName) {
  const std::vector<std::string> addresses{"100000_bobby@a", "100000_bob@", "100000_bob@b"};
  EXPECT_THAT(find_addresses(addresses, "100000_bob"), ElementsAre("100000_bob@b"));
  EXPECT_THAT(find_addresses(addresses, "100000"), IsEmpty());
  EXPECT_THAT(find_addresses(addresses, "100000_bobb"), IsEmpty());
  EXPECT_THAT(find_addresses({"100000_bob@a", "eve@a", "100000_bob@b"}, "100000_bob"),
              ElementsAre("100000_bob@a", "100000_bob@b"))
      << "it moves from one domain to another";
}

FlexisipContact contact(std::int64_t expires_at, std::vector<std::string> accept) {
  return {.uri = "sip:bob@192.0.2.1", .accept = std::move(accept), .expires_at = expires_at};
}

TEST(ChooseContact, TakesTheLastToExpireOfThoseThatTakeTexts) {
  const std::vector<FlexisipContact> contacts{contact(50, {"text/plain"}), contact(300, {"text/plain;charset=utf-8"}),
                                              contact(900, {"application/sdp"}), contact(200, {})};
  EXPECT_EQ(choose_contact(contacts, 100)->expires_at, 300);
  EXPECT_EQ(choose_contact(contacts, 300), std::nullopt) << "what expires now has expired";
  EXPECT_TRUE(choose_contact({contact(0, {"*/*"})}, 100)) << "0: it did not say when";
}

TEST(ChooseContact, ReadsTypesAsTheyAreWritten) {
  EXPECT_TRUE(choose_contact({contact(0, {"Text/Plain ; charset=utf-8"})}, 100));
  EXPECT_FALSE(choose_contact({contact(0, {"text/plainly"})}, 100));
}

TEST(ChooseContact, KeepsTheSchemeSoThatAConversationDoesNotSplit) {
  FlexisipContact secure = contact(200, {});
  secure.uri = "sips:bob@192.0.2.2";
  const FlexisipContact plain = contact(900, {});
  EXPECT_EQ(scheme_of(*choose_contact({plain, secure}, 100)), "sips") << "whoever has registered last";
  EXPECT_EQ(scheme_of(*choose_contact({plain, secure}, 100, "sip")), "sip") << "so it was before";
  EXPECT_EQ(scheme_of(*choose_contact({secure}, 100, "sip")), "sips") << "no device has the old one any more";
  EXPECT_EQ(scheme_of(*choose_contact({plain, secure}, 300, "sips")), "sip") << "expired";
}

TEST(RegistrationOf, IsWhatTheListShows) {
  const auto contacts = parse_registrar_get(kGet);
  ASSERT_TRUE(contacts);
  EXPECT_EQ(registration_of((*contacts)[0], "bob@pop.example"),
            (Registration{.account = "bob",
                          .domain = "pop.example",
                          .device = "\"<urn:uuid:c40797e8-0000-1000-8000-000000000000>\"",
                          .expires_at = TimePoint(std::chrono::seconds(1795427273)),
                          .user_agent = "LinphoneTest/5.1",
                          .transport = "tcp"}));
  EXPECT_EQ(registration_of(contact(0, {}), "bob@a").expires_at, std::nullopt);
  EXPECT_LT(rfc3339(*registration_of(contact(INT64_MAX, {}), "bob@a").expires_at), "9");
}

TEST(ContactRoute, IsThePredecessorsForm) {
  FlexisipContact one{.uri = "sip:bob@192.0.2.1:5061",
                      .path = {"sip:127.0.0.1:5090;transport=tcp;lr", "<sip:127.0.0.1:5090;fs-proxy-id=8c5f;lr>"}};
  EXPECT_EQ(contact_route(one, "bob@pop.example", ContactRoute::ctrt),
            "sip:bob@127.0.0.1:5090;CtRt8c5f=udp:pop.example");
  EXPECT_EQ(contact_route(one, "bob@pop.example", ContactRoute::doroute), "sip:bob@pop.example;doroute");
  one.path = {"sips:[2001:db8::1]:5061;fs-proxy-id=9"};
  EXPECT_EQ(contact_route(one, "bob@pop.example", ContactRoute::ctrt),
            "sip:bob@[2001:db8::1]:5061;CtRt9=udp:pop.example");
}

TEST(ContactRoute, WithoutAUsableIdItIsTheOtherForm) {
  for (const char* path : {"sip:127.0.0.1:5090;lr", "", "sip:127.0.0.1;fs-proxy-id=", "sip:a b;fs-proxy-id=1",
                           "sip:127.0.0.1;fs-proxy-id=x y", "fs-proxy-id=1"}) {
    const FlexisipContact one{.uri = "sip:bob@192.0.2.1", .path = {path}};
    EXPECT_EQ(contact_route(one, "bob@pop.example", ContactRoute::ctrt), "sip:bob@pop.example;doroute") << path;
  }
}

TEST(SchemeOf, IsThatOfTheContact) {
  EXPECT_EQ(scheme_of({.uri = "sips:bob@192.0.2.1"}), "sips");
  EXPECT_EQ(scheme_of({.uri = "sip:sips:"}), "sip");
}

}  // namespace
}  // namespace mmsgate::formats
