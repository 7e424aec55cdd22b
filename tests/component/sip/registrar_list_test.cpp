// SPDX-License-Identifier: Apache-2.0
// The list of all who are registered: of a stand-in for Flexisip, and of a real Kamailio.
#include "sip/registrar_list.hpp"

#include <gmock/gmock.h>

#include <ctime>

#include "support/flexisip.hpp"
#include "support/kamailio.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::sip {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::Flexisip;
using testing_support::Kamailio;

constexpr const char* kPath = "sip:127.0.0.1:5090;transport=tcp;lr";

class ListFlexisip : public testing::Test {
 protected:
  [[nodiscard]] std::string socket(int pid = 77) const { return folder_.file(fmt::format("flexisip-proxy-{}", pid)); }
  [[nodiscard]] std::unique_ptr<RegistrarList> list() const {
    return list_flexisip({.pid_file = folder_.file("pid"), .folder = folder_.path()});
  }
  testing_support::TempFolder folder_;
};

TEST_F(ListFlexisip, ShowsEveryDeviceOfEverybody) {
  Flexisip flexisip(socket());
  const std::int64_t soon = std::time(nullptr) + 600;
  flexisip.set("100000_bob@pop.example",
               {Flexisip::contact("sip:bob@192.0.2.1:5061;pn-provider=fcm;pn-param=p;pn-prid=t%3A1;transport=tls",
                                  kPath, soon, R"("text/plain")", "one"),
                Flexisip::contact("sip:bob@192.0.2.2;transport=tcp", kPath, soon + 60, R"("text/plain")", "two")});
  flexisip.set("100000_eve@pop.example", {});
  const auto listing = list()->read();
  ASSERT_TRUE(listing) << listing.error().detail;
  EXPECT_THAT(listing->troubles, IsEmpty());
  ASSERT_THAT(listing->registrations, SizeIs(2));
  EXPECT_EQ(listing->registrations[0], (Registration{.account = "100000_bob",
                                                     .domain = "pop.example",
                                                     .device = "\"<urn:uuid:one>\"",
                                                     .expires_at = TimePoint(std::chrono::seconds(soon)),
                                                     .user_agent = "LinphoneTest/5.1",
                                                     .transport = "tls",
                                                     .push = PushTarget{"fcm", "p", "t:1"}}));
  EXPECT_EQ(listing->registrations[1].device, "\"<urn:uuid:two>\"");
}

TEST_F(ListFlexisip, TellsWhoAnsweredSoThatANewStartIsSeen) {
  const auto registrar = list();
  std::string first;
  {
    Flexisip flexisip(socket(77));
    first = registrar->read()->who;
    EXPECT_THAT(first, HasSubstr("flexisip-proxy-77"));
    EXPECT_EQ(registrar->read()->who, first);
  }
  EXPECT_THAT(registrar->read().error().detail, HasSubstr("Connection refused"));
  Flexisip flexisip(socket(12));
  EXPECT_NE(registrar->read()->who, first);
}

TEST_F(ListFlexisip, AFewThatCannotBeReadAreToldAndTheOthersShown) {
  Flexisip flexisip(socket());
  for (const char* name : {"a", "b", "c"}) {
    flexisip.set(std::string(name) + "@pop.example",
                 {Flexisip::contact("sip:x@192.0.2.1", kPath, std::time(nullptr) + 600)});
  }
  const std::string good = fmt::format("{{\"contacts\":[{}]}}", Flexisip::contact("sip:x@192.0.2.1", kPath, 1));
  flexisip.set_mood([good](const std::string& command) -> std::optional<std::string> {
    if (command == "REGISTRAR_DUMP") return R"({"aors":["a@pop.example","b@pop.example","c@pop.example"]})";
    return command.ends_with(":b@pop.example") ? "Error - busy" : good;
  });
  const auto listing = list()->read();
  ASSERT_TRUE(listing);
  EXPECT_THAT(listing->registrations, SizeIs(2));
  EXPECT_THAT(listing->troubles, ElementsAre("b@pop.example: Flexisip answered: Error - busy"));
}

TEST_F(ListFlexisip, NonsenseAndSilenceAreErrors) {
  Flexisip flexisip(socket());
  flexisip.set_mood([](const std::string&) { return "<html>"; });
  EXPECT_EQ(list()->read().error().kind, ErrorKind::corrupt);
  flexisip.set_mood([](const std::string&) { return std::nullopt; });
  EXPECT_THAT(list()->read().error().detail, HasSubstr("no answer in two seconds"));
  flexisip.set_mood([](const std::string& command) {
    return command == "REGISTRAR_DUMP" ? R"({"aors":["a@p","b@p","c@p","d@p","e@p","f@p"]})" : "";
  });
  EXPECT_THAT(list()->read().error().detail, HasSubstr("hung up"));
  EXPECT_EQ(flexisip.count("REGISTRAR_GET"), 4) << "it is not asked for all when it fails for each";
}

TEST(ListKamailio, ShowsWhoIsRegistered) {
  Kamailio kamailio;
  const auto registrar = list_kamailio("example.org", kamailio.rpc_socket());
  auto listing = registrar->read();
  ASSERT_TRUE(listing) << listing.error().detail;
  EXPECT_THAT(listing->registrations, IsEmpty());
  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 600), 200);
  ASSERT_EQ(kamailio.register_phone("100000_eve@example.org", 60), 200);
  listing = registrar->read();
  ASSERT_TRUE(listing) << listing.error().detail;
  ASSERT_THAT(listing->registrations, SizeIs(2));
  std::ranges::sort(listing->registrations, {}, &Registration::account);
  const Registration& bob = listing->registrations[0];
  EXPECT_EQ(bob.account, "100000_bob");
  EXPECT_EQ(bob.domain, "example.org");
  EXPECT_EQ(bob.transport, "udp");
  const auto left = *bob.expires_at - std::chrono::floor<Duration>(std::chrono::system_clock::now());
  EXPECT_GT(left, std::chrono::seconds(500));
  EXPECT_LE(left, std::chrono::seconds(601));
}

TEST(ListKamailio, SaysWhereItCannotAsk) {
  const auto listing = list_kamailio("example.org", "/nowhere/kamailio.rpc")->read();
  ASSERT_FALSE(listing);
  EXPECT_THAT(listing.error().detail, HasSubstr("/nowhere/kamailio.rpc"));
}

}  // namespace
}  // namespace mmsgate::sip
