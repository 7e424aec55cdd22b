// SPDX-License-Identifier: Apache-2.0
#include "ops/sip_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>

#include "ops/config.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::ops {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// What stands in [sip], from line 6 on.
Result<Config> read(const std::string& lines, const std::string& home = "/home/owner") {
  return read_config("[api]\napiid = o\napipw = p\n[web]\nwebdns = x\n[sip]\n" + lines, "m.conf", {.home = home});
}

std::string error_of(const std::string& lines) {
  const auto config = read(lines);
  return config ? "no error" : config.error().detail;
}

TEST(SipTls, HasAPortOfItsOwn) {
  EXPECT_EQ(read("")->sip_tls_port, 5061);
  EXPECT_EQ(read("sipport = 5070\n")->sip_tls_port, 5071);
  EXPECT_EQ(read("sipport = 65535\n")->sip_tls_port, 65534);
  EXPECT_EQ(read("siptlsport = 5099\n")->sip_tls_port, 5099);
  EXPECT_EQ(error_of("siptlsport = 5060\n"), "m.conf:7: [sip] siptlsport must differ from sipport: TCP has that one");
}

TEST(SipTls, IsWantedByWhoSaysSo) {
  EXPECT_FALSE(read("")->is_tls_wanted);
  EXPECT_EQ(read("")->sip_certificate, "/home/owner/data/mmsgate-local-cert.pem");
  for (const char* line : {"siptlsport = 5061", "sipcert = /c.pem", "sipkey = /k.pem", "proxytransport = tls"}) {
    EXPECT_TRUE(read(std::string(line) + "\n")->is_tls_wanted) << line;
  }
}

TEST(ProxyTransport, DecidesTheUsualPort) {
  EXPECT_EQ(read("")->proxy_transport, Config::Transport::automatic);
  EXPECT_EQ(read("proxytransport = tcp\n")->proxy.port, 5060);
  EXPECT_EQ(read("proxytransport = TLS\n")->proxy.port, 5061);
  EXPECT_EQ(read("proxytransport = tls\nsipproxy = localhost:5081\n")->proxy.port, 5081);
  EXPECT_THAT(error_of("proxytransport = sctp\n"), HasSubstr("must be one of: auto udp tcp tls"));
}

TEST(Registration, NeedsAllThree) {
  EXPECT_FALSE(read("")->registration);
  const auto all = read("sippop = pop.example\nauthid = 100000_gate\nauthpw = s3cret\n");
  ASSERT_TRUE(all) << all.error().detail;
  ASSERT_TRUE(all->registration);
  EXPECT_EQ(all->registration->pop.host, "pop.example");
  EXPECT_EQ(all->registration->identity, "<sip:100000_gate@pop.example>");
  EXPECT_EQ(all->registration->password, "s3cret");
  EXPECT_EQ(
      error_of("sippop = pop.example\n"),
      "m.conf:7: [sip] sippop alone registers nowhere: sippop, authid and authpw go together, and authid is not set");
  EXPECT_THAT(error_of("\nauthid = 100000_gate\nauthpw = x\n"),
              AllOf(HasSubstr("m.conf:8: "), HasSubstr("sippop is not set")));
  EXPECT_THAT(error_of("authpw = a\n"), HasSubstr("m.conf:7: [sip] authpw"));
}

TEST(Registration, MayHaveItsPasswordInAFile) {
  const testing_support::TempFolder folder;
  std::ofstream(folder.file("pw")) << "from a file\n";
  const auto config = read("sippop = pop.example\nauthid = gate\nauthpw_file = ~/pw\n", folder.path());
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->registration->password, "from a file");
  EXPECT_THAT(read("authpw_file = ~/pw\n", folder.path()).error().detail, HasSubstr("m.conf:7: [sip] authpw_file"));
}

// Whoever lists messages as another user than the service needs no password.
TEST(Registration, WaitsForAPasswordThatThisProcessCannotKnow) {
  const std::string two = "sippop = pop.example\nauthid = gate\n";
  const auto nowhere = read(two);
  ASSERT_TRUE(nowhere) << nowhere.error().detail;
  EXPECT_FALSE(nowhere->registration);
  EXPECT_EQ(check_secrets(*nowhere).error().detail,
            "m.conf:7: [sip] sippop alone registers nowhere: sippop, authid and authpw go together, and authpw is not "
            "set");
  const auto unreadable = read(two + "authpw_file = /nonexistent/pw\n");
  ASSERT_TRUE(unreadable) << unreadable.error().detail;
  EXPECT_FALSE(unreadable->registration);
  EXPECT_EQ(check_secrets(*unreadable).error().detail,
            "m.conf:9: [sip] authpw_file cannot be read or is empty: /nonexistent/pw");
  EXPECT_TRUE(check_secrets(*read(two + "authpw = x\n")));
  EXPECT_THAT(error_of("sippop = a b\nauthid = gate\n"), HasSubstr("sippop must be HOST")) << "the rest is checked";
  EXPECT_THAT(error_of("authpw_file = /nonexistent/pw\n"), HasSubstr("m.conf:7: [sip] authpw_file alone"));
}

TEST(Registration, MayHaveAnotherAddress) {
  const std::string three = "sippop = pop.example\nauthid = gate\nauthpw = x\n";
  const auto identity = [&](const std::string& sipid) {
    return read(three + "sipid = " + sipid + "\n")->registration->identity;
  };
  EXPECT_EQ(identity("<sip:mmsgate@localhost>"), "<sip:mmsgate@localhost>");
  EXPECT_EQ(identity("sip:mmsgate@localhost"), "<sip:mmsgate@localhost>");
  EXPECT_EQ(identity("\"The gate\" <sip:mmsgate@localhost:5070>"), "\"The gate\" <sip:mmsgate@localhost:5070>");
  for (const char* bad : {"mmsgate", "<mmsgate@localhost>", "<sip:localhost>", "<sip:a@b", "sip:a b@c", "sip:a@b c"}) {
    EXPECT_THAT(error_of(three + fmt::format("sipid = {}\n", bad)),
                HasSubstr("m.conf:10: [sip] sipid must be an address"))
        << bad;
  }
}

TEST(Registration, RefusesWhatIsNone) {
  EXPECT_THAT(error_of("sippop = a b\nauthid = gate\nauthpw = x\n"), HasSubstr("sippop must be HOST"));
  EXPECT_THAT(error_of("sippop = a\nauthid = \"gate\nauthpw = x\n"), HasSubstr("authid must be a name"));
  EXPECT_THAT(error_of("sippop = a\nauthid = gate\nauthpw = x\nsipboundaddress = 0.0.0.0\n"),
              HasSubstr("needs a sipboundaddress that is one address"));
}

TEST(SipCallers, AreThisMachineAndTheProxyUnlessNamed) {
  EXPECT_TRUE(read("")->sip_callers.empty());
  EXPECT_TRUE(read("")->heeds_assertions);
  const auto own = read("sipallow = 10.0.0.5, 2001:db8::/32\nsipasserted = no\n");
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->sip_callers.size(), 2U);
  EXPECT_FALSE(own->heeds_assertions);
  EXPECT_EQ(error_of("sipallow = proxy\n").find("m.conf:7: [sip] sipallow must be addresses"), 0U)
      << error_of("sipallow = proxy\n");
}

TEST(SipRates, AreThereUnlessTheyAreNone) {
  EXPECT_EQ(read("")->sip_rate, 120);
  EXPECT_EQ(read("")->sip_rate_all, 3000);
  const auto own = read("siprate = 5\nsiprateall = 0\n");
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->sip_rate, 5);
  EXPECT_EQ(own->sip_rate_all, 0);
  EXPECT_EQ(error_of("siprate = -1\n").find("m.conf:7: siprate must be a number"), 0U) << error_of("siprate = -1\n");
}

TEST(SipTrace, GoesToTheLogWithoutAFile) {
  const auto config = read("siploglevel = 5\nsipconsoleloglevel = 3\n");
  EXPECT_EQ(config->sip_trace, 5);
  EXPECT_EQ(config->sip_file_trace, 0);
}

TEST(SipTrace, HasNoLevelAboveNine) {
  EXPECT_EQ(read("siploglevel = 9\n")->sip_trace, 9);
  EXPECT_EQ(error_of("siploglevel = 10\n"), "m.conf:7: [sip] siploglevel must be a level, 0 to 9");
  EXPECT_EQ(error_of("\nsipconsoleloglevel = 77\n"), "m.conf:8: [sip] sipconsoleloglevel must be a level, 0 to 9");
}

TEST(SipTrace, HasALevelForEachWithOne) {
  const auto config = read("siploglevel = 5\nsipconsoleloglevel = 3\nsiplogfile = ~/sip.log\n");
  EXPECT_EQ(config->sip_trace, 3);
  EXPECT_EQ(config->sip_file_trace, 5);
  EXPECT_EQ(config->sip_trace_file, "/home/owner/sip.log");
  EXPECT_EQ(read("siploglevel = 5\nsiplogfile = ~/sip.log\n")->sip_trace, 0);
}

}  // namespace
}  // namespace mmsgate::ops
