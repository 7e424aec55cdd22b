// SPDX-License-Identifier: Apache-2.0
#include "ops/flexisip_check.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/flexisip_text.hpp"

namespace mmsgate::ops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const FlexisipAround kKnown{.prefixes = {"100000_"}, .routes_file = "/etc/flexisip/forward.conf", .phones_address = {}};

Config config_with(const std::string& sip = "", const std::string& provision = "") {
  const auto config = read_config("[api]\napiid = o@example.org\napipw = x\n[web]\nwebdns = sms.example.org\n[sip]\n" +
                                      sip + "\n[provision]\n" + provision,
                                  "mmsgate.conf", {});
  EXPECT_TRUE(config) << config.error().detail;
  return config.value_or(Config{});
}

/// "[section] key: is -> should be" of each finding.
std::vector<std::string> found_in(const std::string& text, const Config& config,
                                  const FlexisipAround& around = kKnown) {
  std::vector<std::string> found;
  for (const FlexisipFinding& each : check_flexisip(formats::parse_flexisip_config(text), config, around)) {
    EXPECT_FALSE(each.why.empty());
    found.push_back(fmt::format("{} [{}] {} -> {}", each.line, each.section, each.is.empty() ? "" : each.is.back().text,
                                each.should_be.at(0)));
  }
  return found;
}

std::vector<std::string> found_in_rules(const std::string& text, const Config& config) {
  std::vector<std::string> found;
  for (const FlexisipFinding& each : check_routes(formats::parse_flexisip_routes(text), config)) {
    found.push_back(fmt::format("{} {}", each.line, each.key));
  }
  return found;
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

struct Setup {
  const char* sip;
  const char* provision;
  const char* transports;
  const char* route;
};

class EverySetup : public testing::TestWithParam<Setup> {};

TEST_P(EverySetup, WhatIsPrintedIsRight) {
  const Config config = config_with(GetParam().sip, GetParam().provision);
  const std::string text = flexisip_config_text(config, kKnown);
  EXPECT_THAT(text, HasSubstr(fmt::format("\ntransports={}\n", GetParam().transports)));
  EXPECT_THAT(found_in(text, config), IsEmpty());
  const std::string rules = flexisip_routes_text(config);
  EXPECT_THAT(rules, HasSubstr(fmt::format("\n{} ", GetParam().route)));
  EXPECT_THAT(found_in_rules(rules, config), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, EverySetup,
    testing::Values(
        Setup{"", "", "sips:sms.example.org sip:sms.example.org sip:localhost;maddr=127.0.0.1", "<sip:127.0.0.2>"},
        Setup{"proxytransport = tls", "phonetransport = tls",
              "sips:sms.example.org sips:localhost;maddr=127.0.0.1;tls-verify-outgoing=0", "<sips:127.0.0.2>"},
        Setup{"sipproxy = 127.0.0.1:5090\nsipboundaddress = 127.0.0.5\nsipport = 5070", "phonetransport = udp",
              "sip:sms.example.org sip:localhost:5090;maddr=127.0.0.1", "<sip:127.0.0.5:5070>"},
        Setup{"sipproxy = proxy.example.org\nsipboundaddress = 10.0.0.7", "phoneproxy = proxy.example.org",
              "sips:proxy.example.org sip:proxy.example.org", "<sip:10.0.0.7>"},
        Setup{"sipboundaddress = 127.0.0.1\nsipport = 5080", "phoneproxy = a.example.org:5065",
              "sips:a.example.org:5065 sip:a.example.org:5065;transport=udp sip:localhost;maddr=127.0.0.1",
              "<sip:127.0.0.1:5080>"},
        Setup{"proxytransport = tls\nsiptlsport = 5071\nsipproxy = localhost:5063", "",
              "sips:sms.example.org sip:sms.example.org sips:localhost:5063;maddr=127.0.0.1;tls-verify-outgoing=0",
              "<sips:127.0.0.2:5071>"}));

TEST(FlexisipCheck, TheCertificateIsLeftToItsOwner) {
  EXPECT_THAT(flexisip_config_text(config_with(), kKnown),
              HasSubstr("\n#tls-certificates-file=/etc/flexisip/tls/cert.pem\n"));
  EXPECT_THAT(flexisip_config_text(config_with("", "phonetransport = udp"), kKnown),
              Not(HasSubstr("tls-certificates")));
}

TEST(FlexisipCheck, WhatHoldsByItselfNeedNotBeSaid) {
  const std::string text = flexisip_config_text(config_with(), kKnown);
  for (const char* key : {"message-fork-late", "message-delivery-timeout", "message-database", "tcp-max-read-size"}) {
    EXPECT_THAT(text, Not(HasSubstr(key)));
    EXPECT_THAT(text, HasSubstr("routes-config-path="));
  }
}

TEST(FlexisipCheck, WhatIsOtherwiseIsNamedWithItsLine) {
  const Config config = config_with();
  const std::string text = flexisip_config_text(config, kKnown) + "[module::Router]\n";
  const auto lines = static_cast<int>(std::ranges::count(text, '\n'));
  const auto with = [&](const std::string& line) { return found_in(text + line, config); };
  const auto says = [lines](const std::string& rest) { return ElementsAre(fmt::format("{} {}", lines + 1, rest)); };
  EXPECT_THAT(with("enabled=false"), says("[module::Router] enabled=false -> enabled=true"));
  EXPECT_THAT(with("enabled=yes"), says("[module::Router] enabled=yes -> enabled=true")) << "Flexisip refuses it";
  EXPECT_THAT(with("enabled=1"), IsEmpty());
  EXPECT_THAT(with("message-fork-late=false"),
              says("[module::Router] message-fork-late=false -> message-fork-late=true"));
  EXPECT_THAT(with("message-delivery-timeout=6d"),
              says("[module::Router] message-delivery-timeout=6d -> message-delivery-timeout=604800"));
  EXPECT_THAT(with("message-delivery-timeout=7d"), IsEmpty());
  EXPECT_THAT(with("call-fork-timeout=1\nfallback-route=sip:a"), IsEmpty()) << "they are the owner's";
}

TEST(FlexisipCheck, WhatTheOwnerHasIsKept) {
  const Config config = config_with();
  const std::string text = flexisip_config_text(config, kKnown);
  const std::string filter = "filter=(request.uri.params contains 'doroute')";
  EXPECT_THAT(found_in(changed(text, filter, "filter=is_request"), config),
              ElementsAre(testing::EndsWith("filter=is_request -> " + filter)))
      << "with it, whatever stands beside it, numbers outside would hear 404";
  for (const char* wide :
       {"is_request || request.uri.params contains 'doroute'", "! request.uri.params contains 'doroute'",
        "is_request && (is_request || request.uri.params contains 'doroute')", "is_response"}) {
    EXPECT_THAT(found_in(changed(text, filter, fmt::format("filter={}", wide)), config),
                ElementsAre(testing::EndsWith("-> " + filter)))
        << wide;
  }
  EXPECT_THAT(
      found_in(changed(text, filter, "filter=(is_request && request.uri.params contains 'doroute') || is_response"),
               config),
      IsEmpty());
  EXPECT_THAT(found_in(changed(text, "white-list=127.0.0.2", "white-list=10.0.0.1"), config),
              ElementsAre(testing::EndsWith("-> white-list=10.0.0.1 127.0.0.2")));
  EXPECT_THAT(found_in(changed(text, "white-list=127.0.0.2", "enabled=false"), config), IsEmpty())
      << "who does not guard needs no exception";
  EXPECT_THAT(found_in(text + "[module::Authentication]\nenabled=true\n", config),
              ElementsAre(testing::EndsWith("[module::Authentication]  -> trusted-hosts=127.0.0.2")));
}

TEST(FlexisipCheck, AConditionThatSaysTheContraryIsNone) {
  const Config config = config_with();
  const std::string text = flexisip_config_text(config, kKnown);
  const std::string garbage = "! ( from.uri.user contains '100000_' || to.uri.user contains '100000_' )";
  EXPECT_THAT(found_in(changed(text, garbage, "from.uri.user contains '100000_'"), config),
              ElementsAre(testing::EndsWith("-> filter=" + garbage)));
  EXPECT_THAT(found_in(changed(text, garbage, "user-agent != 'x' || ! (from.uri.user contains '100000_')"), config),
              IsEmpty());
  EXPECT_THAT(found_in(changed(text, "=(request.uri.params", "=!(request.uri.params"), config),
              ElementsAre(testing::EndsWith("-> filter=(request.uri.params contains 'doroute')")));
}

TEST(FlexisipCheck, TransportsAreUnderstood) {
  const Config config = config_with();
  const std::string text = flexisip_config_text(config, kKnown);
  const auto with = [&](const std::string& value) {
    const auto found =
        found_in(changed(text, "transports=sips:sms.example.org sip:sms.example.org sip:localhost;maddr=127.0.0.1",
                         "transports=" + value),
                 config);
    return found.empty() ? "" : found[0].substr(found[0].find("-> ") + 14);
  };
  EXPECT_EQ(with("sips:a.org;maddr=10.0.0.1 sip:127.0.0.1"), "");
  EXPECT_EQ(with("sips:a.org, sip:127.0.0.1:5060"), "");
  EXPECT_EQ(with("sips:a.org"), "sips:a.org sip:localhost;maddr=127.0.0.1");
  EXPECT_EQ(with("sip:localhost"), "sip:localhost sips:sms.example.org sip:sms.example.org");
  EXPECT_EQ(with("sips:* sip:*"), "sips:sms.example.org sip:sms.example.org sip:localhost;maddr=127.0.0.1")
      << "both would take the gateway's own ports";
  EXPECT_EQ(with("sips:a.org sip:localhost:5062"), "sips:a.org sip:localhost:5062 sip:localhost;maddr=127.0.0.1");
  EXPECT_EQ(with("sips:a.org sip:localhost;transport=udp"),
            "sips:a.org sip:localhost;transport=udp sip:localhost;maddr=127.0.0.1")
      << "long messages go by TCP";
}

TEST(FlexisipCheck, ANameThatIsThereTwiceIsNamed) {
  const Config config = config_with();
  const std::string text = flexisip_config_text(config, kKnown);
  const auto findings = check_flexisip(
      formats::parse_flexisip_config(text + "[module::Registrar]\nreg-on-response=true\n"), config, kKnown);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].is.size(), 2U);
  EXPECT_THAT(findings[0].should_be, ElementsAre("reg-on-response=true"));
  EXPECT_THAT(findings[0].why, HasSubstr("once"));
}

TEST(FlexisipCheck, ADatabaseIsAskedForWhereTheGatewayReliesOnIt) {
  const Config config = config_with("proxykeephours = 0");
  const std::string text = flexisip_config_text(config, kKnown);
  EXPECT_THAT(text, HasSubstr("\nmessage-database-enabled=true\n"));
  const auto findings = check_flexisip(formats::parse_flexisip_config(text), config, kKnown);
  ASSERT_EQ(findings.size(), 1U) << "the password is its owner's to put in";
  EXPECT_EQ(findings[0].key, "message-database-connection-string");
  EXPECT_THAT(findings[0].is.at(0).text, Not(HasSubstr("password")));
  EXPECT_THAT(found_in(changed(text, "PUT-A-PASSWORD-HERE", "sesame"), config), IsEmpty());
  const Config other = config_with("proxykeephours = 300");
  EXPECT_THAT(flexisip_config_text(other, kKnown), HasSubstr("\nmessage-delivery-timeout=1080000\n"));
}

TEST(FlexisipCheck, WhoseAccountsItCarriesMustBeKnown) {
  const Config config = config_with();
  const FlexisipAround nobody;
  const std::string text = flexisip_config_text(config, nobody);
  EXPECT_THAT(text, HasSubstr("--account-prefix"));
  EXPECT_THAT(found_in(text, config, nobody), IsEmpty());
  EXPECT_THAT(notes_on_flexisip(formats::parse_flexisip_config(text), config, nobody).at(0), HasSubstr("GarbageIn"));
  EXPECT_EQ(found_in(text, config).size(), 2U);
  const Config registers = config_with("sippop = pop.example\nauthid = mmsgate\nauthpw = x");
  EXPECT_THAT(flexisip_config_text(registers, kKnown), HasSubstr("to.uri.user contains 'mmsgate' )"));
  EXPECT_THAT(account_prefixes({"100000_a", "100000_b", "200000_c", "alone", "_x", "a'b_c"}),
              ElementsAre("100000_", "200000_"));
}

TEST(FlexisipCheck, SaysWhatOnlyTheOwnerKnows) {
  const Config config = config_with();
  const auto notes = [&](const std::string& text) {
    return notes_on_flexisip(formats::parse_flexisip_config(text), config, kKnown);
  };
  EXPECT_THAT(notes(""), ElementsAre(HasSubstr("firebase-service-accounts")));
  EXPECT_THAT(notes("[module::PushNotification]\nfirebase-service-accounts=a:/a\n[module::Router]\n"
                    "message-database-enabled=true\n"),
              ElementsAre(HasSubstr("proxykeephours = 0")));
  EXPECT_THAT(notes("[module::PushNotification]\nfirebase-service-accounts=a:/a b\n"),
              ElementsAre(HasSubstr("PROJECT-NUMBER:FILE")));
}

constexpr const char* kFromPhone = "request.method == 'MESSAGE' && user-agent contains 'Linphone'";

TEST(FlexisipRules, MayBeWrittenOtherwise) {
  const Config config = config_with();
  const auto rules = [&](const std::string& text) { return found_in_rules(text, config); };
  EXPECT_THAT(rules(fmt::format("<sip:127.0.0.2> {}\n", kFromPhone)), IsEmpty()) << "all goes to the gateway";
  EXPECT_THAT(rules(fmt::format("<sip:127.0.0.2:5060;transport=tcp> (content-type != 'text/plain')\n  && {0}\n"
                                "sips:127.0.0.2 to.uri.user regexp '^10[0-9]{{1,10}}$' && {0}\n",
                                kFromPhone)),
              IsEmpty());
  EXPECT_THAT(rules(fmt::format("<sip:10.0.0.1> request.method == 'INVITE'\n<sip:127.0.0.2> {}\n", kFromPhone)),
              IsEmpty());
}

TEST(FlexisipRules, ThatDoNotDoItAreNamed) {
  const Config config = config_with();
  const std::string good = flexisip_routes_text(config);
  const auto rules = [&](const std::string& text) { return found_in_rules(text, config); };
  EXPECT_THAT(rules(""), ElementsAre("0 content-type", "0 to.uri.user"));
  EXPECT_THAT(rules(changed(good, "content-type != ", "content-type == ")), ElementsAre("3 content-type"));
  EXPECT_THAT(rules(changed(good, "10[0-9]", "11[0-9]")), ElementsAre("5 to.uri.user"));
  EXPECT_THAT(rules(changed(good, "<sip:127.0.0.2>", "<sip:127.0.0.9>")), ElementsAre("3 content-type"));
  EXPECT_THAT(rules("<sip:10.0.0.1> *\n" + good), ElementsAre("1 content-type", "1 to.uri.user"));
  EXPECT_THAT(rules("<sip:pop.example> user-agent contains 'Linphone' || request.method == 'INVITE'\n" + good),
              ElementsAre("1 content-type", "1 to.uri.user"));
  EXPECT_THAT(rules("<sip:127.0.0.2> request.method == 'MESSAGE'\n"), ElementsAre("1 content-type", "1 to.uri.user"))
      << "the gateway's own messages would come back";
}

}  // namespace
}  // namespace mmsgate::ops
