// SPDX-License-Identifier: Apache-2.0
#include "ops/kamailio_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/kamailio_template.hpp"

namespace mmsgate::ops {
namespace {

using testing::HasSubstr;
using testing::Not;

Config config_with(const std::string& sip, const std::string& provision = "") {
  const auto config = read_config(
      "[api]\napiid = o@example.org\napipw = x\n[web]\nwebdns = sms.example.org\n[sip]\ndomain = sip.example.org\n" +
          sip + "\n[provision]\n" + provision,
      "mmsgate.conf", {});
  EXPECT_TRUE(config) << config.error().detail;
  return config.value_or(Config{});
}

const KamailioAround kPlain{.address = "10.0.0.7"};
const KamailioAround kWithTls{.address = "10.0.0.7", .certificate = "/c.pem", .key = "/k.pem"};

/// Its `listen=` lines, one behind the other.
std::string listens(const Config& config, const KamailioAround& around) {
  const auto text = kamailio_config_text(config, around);
  EXPECT_TRUE(text) << text.error().detail;
  const std::string all = text.value_or("listen=\n\n");
  const auto begin = all.find("\nlisten=") + 1;
  return all.substr(begin, all.find("\nalias=") - begin);
}

TEST(KamailioText, ListensForTheGatewayAndForPhones) {
  EXPECT_EQ(listens(config_with(""), kPlain),
            "listen=udp:127.0.0.1:5060\nlisten=tcp:127.0.0.1:5060\nlisten=udp:10.0.0.7:5060\nlisten=tcp:10.0.0.7:5060");
  EXPECT_EQ(listens(config_with("sipproxy = 10.0.0.7\nsipboundaddress = 10.0.0.8"), kWithTls),
            "listen=udp:10.0.0.7:5060\nlisten=tcp:10.0.0.7:5060\nlisten=tls:10.0.0.7:5061");
  EXPECT_EQ(listens(config_with("proxytransport = tls", "phonetransport = tls\nphoneproxy = a.example:5071"), kWithTls),
            "listen=tls:127.0.0.1:5061\nlisten=tls:10.0.0.7:5071");
  EXPECT_EQ(listens(config_with("", "phoneproxy = a.example:5070"), {.address = "2001:db8::7"}),
            "listen=udp:127.0.0.1:5060\nlisten=tcp:127.0.0.1:5060\nlisten=udp:[2001:db8::7]:5070\n"
            "listen=tcp:[2001:db8::7]:5070");
}

TEST(KamailioText, KnowsWhereTheGatewayIs) {
  EXPECT_THAT(kamailio_config_text(config_with(""), kPlain).value(), HasSubstr("\"sip:127.0.0.2:5060\""));
  const std::string tls =
      kamailio_config_text(config_with("proxytransport = tls\nsiptlsport = 5099"), kWithTls).value();
  EXPECT_THAT(tls, HasSubstr("\"sip:127.0.0.2:5099;transport=tls\""));
  EXPECT_THAT(tls, HasSubstr("\"tls:127.0.0.1:5061\""));
}

TEST(KamailioText, IsForAGatewayThatIsFoundWhereItSays) {
  for (const auto& [sip, why] : {std::pair("sipboundaddress = ::", "all addresses of this machine"),
                                 std::pair("sipboundaddress = 2001:db8::1", "at an IPv4 address"),
                                 std::pair("sipboundaddress = 0.0.0.0", "all addresses of this machine")}) {
    const auto text = kamailio_config_text(config_with(sip), kPlain);
    ASSERT_FALSE(text) << sip;
    EXPECT_THAT(text.error().detail, HasSubstr(why));
  }
}

TEST(KamailioText, AlwaysAsksForPasswordsAndRemembers) {
  const std::string text = kamailio_config_text(config_with(""), kPlain).value();
  EXPECT_THAT(text, HasSubstr("\n#!define WITH_PASSWORDS\n"));
  EXPECT_THAT(text, HasSubstr("\n#!define WITH_DATABASE\n"));
  EXPECT_THAT(text, Not(HasSubstr("\n#!define WITH_TLS\n")));
  EXPECT_THAT(text, HasSubstr("include_file \"/etc/kamailio/mmsgate-accounts.cfg\""));
  for (const char* word : {"@LISTEN@", "@MORE@", "@GATEWAY_SOCKET@"}) {
    EXPECT_THAT(kamailio_template(), HasSubstr(word));
    EXPECT_THAT(text, Not(HasSubstr(word)));
  }
}

TEST(KamailioText, AccountsHaveHashes) {
  EXPECT_THAT(kamailio_accounts_text({{"100000_a", "0123"}, {"100000_b", "4567"}}),
              testing::EndsWith("\n$sht(password=>100000_a) = \"0123\";\n$sht(password=>100000_b) = \"4567\";\n"));
}

}  // namespace
}  // namespace mmsgate::ops
