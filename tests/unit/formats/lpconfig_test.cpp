// SPDX-License-Identifier: Apache-2.0
#include "formats/lpconfig.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pugixml.hpp>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;
using testing::Not;

PhoneConfig alices() {
  return {.accounts = {{.user = "100000_alice",
                        .domain = "montreal.voip.ms",
                        .ha1 = "0123456789abcdef0123456789abcdef",
                        .proxy = "sms.example.org"}},
          .stun_server = "sms.example.org",
          .upload_url = "http://sms.example.org:38443/file"};
}

/// What a reader of XML finds there.
std::string value(const std::string& xml, const char* section, const char* entry) {
  pugi::xml_document document;
  EXPECT_TRUE(document.load_buffer(xml.data(), xml.size()));
  const auto found = document.child("config").find_child_by_attribute("section", "name", section);
  const auto node = found.find_child_by_attribute("entry", "name", entry);
  return node ? node.child_value() : "(none)";
}

TEST(LpConfig, OfAnAccountWithoutEncryption) {
  EXPECT_EQ(write_lpconfig(alices()), R"xml(<?xml version="1.0" encoding="UTF-8"?>
<config xmlns="http://www.linphone.org/xsds/lpconfig.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.linphone.org/xsds/lpconfig.xsd lpconfig.xsd">
<section name="sip">
<entry name="default_proxy" overwrite="true">0</entry>
<entry name="media_encryption" overwrite="true">none</entry>
</section>
<section name="net">
<entry name="nat_policy_ref" overwrite="true">mmsgate-nat-0</entry>
</section>
<section name="misc">
<entry name="transient_provisioning" overwrite="true">1</entry>
<entry name="hide_chat_rooms_from_removed_proxies" overwrite="true">0</entry>
<entry name="file_transfer_server_url" overwrite="true">http://sms.example.org:38443/file</entry>
<entry name="version_check_url_root" overwrite="true"></entry>
</section>
<section name="app">
<entry name="keep_service_alive" overwrite="true">1</entry>
<entry name="auto_start" overwrite="true">1</entry>
<entry name="publish_presence" overwrite="true">0</entry>
</section>
<section name="im_notif_policy">
<entry name="send_imdn_delivered" overwrite="true">1</entry>
<entry name="recv_imdn_delivered" overwrite="true">1</entry>
<entry name="send_imdn_displayed" overwrite="true">1</entry>
<entry name="recv_imdn_displayed" overwrite="true">1</entry>
<entry name="send_is_comp" overwrite="true">1</entry>
<entry name="recv_is_comp" overwrite="true">1</entry>
</section>
<section name="lime">
<entry name="enabled" overwrite="true">0</entry>
<entry name="lime_server_url" overwrite="true"></entry>
<entry name="x3dh_server_url" overwrite="true"></entry>
</section>
<section name="nat_policy_default_values">
<entry name="stun_server">sms.example.org</entry>
<entry name="protocols">stun,ice</entry>
</section>
<section name="nat_policy_0">
<entry name="ref" overwrite="true">mmsgate-nat-0</entry>
<entry name="stun_server" overwrite="true">sms.example.org</entry>
<entry name="protocols" overwrite="true">stun,ice</entry>
</section>
<section name="auth_info_0">
<entry name="username" overwrite="true">100000_alice</entry>
<entry name="ha1" overwrite="true">0123456789abcdef0123456789abcdef</entry>
<entry name="algorithm" overwrite="true">MD5</entry>
<entry name="realm" overwrite="true">montreal.voip.ms</entry>
<entry name="domain" overwrite="true">montreal.voip.ms</entry>
</section>
<section name="proxy_0">
<entry name="reg_proxy" overwrite="true">&lt;sip:sms.example.org;transport=udp&gt;</entry>
<entry name="reg_route" overwrite="true">&lt;sip:sms.example.org;transport=udp&gt;</entry>
<entry name="reg_identity" overwrite="true">"100000_alice" &lt;sip:100000_alice@montreal.voip.ms&gt;</entry>
<entry name="realm" overwrite="true">montreal.voip.ms</entry>
<entry name="quality_reporting_collector" overwrite="true">sip:voip-metrics@sms.example.org;transport=udp</entry>
<entry name="quality_reporting_enabled" overwrite="true">1</entry>
<entry name="quality_reporting_interval" overwrite="true">180</entry>
<entry name="reg_expires" overwrite="true">3600</entry>
<entry name="reg_sendregister" overwrite="true">1</entry>
<entry name="publish" overwrite="true">1</entry>
<entry name="avpf" overwrite="true">1</entry>
<entry name="avpf_rr_interval" overwrite="true">1</entry>
<entry name="cpim_in_basic_chat_rooms_enabled" overwrite="true">0</entry>
<entry name="lime_server_url" overwrite="true"></entry>
<entry name="nat_policy_ref" overwrite="true">mmsgate-nat-0</entry>
</section>
</config>
)xml");
}

TEST(LpConfig, OfAnAccountWithEncryption) {
  PhoneConfig config = alices();
  config.encrypts_media = true;
  config.accounts[0].transport = PhoneTransport::tls;
  config.accounts[0].is_sips = true;
  config.accounts[0].expires = 600;
  const std::string xml = write_lpconfig(config);
  EXPECT_EQ(value(xml, "sip", "media_encryption"), "srtp");
  EXPECT_EQ(value(xml, "proxy_0", "reg_proxy"), "<sips:sms.example.org;transport=tls>");
  EXPECT_EQ(value(xml, "proxy_0", "reg_route"), "<sips:sms.example.org;transport=tls>");
  EXPECT_EQ(value(xml, "proxy_0", "reg_identity"), "\"100000_alice\" <sips:100000_alice@montreal.voip.ms>");
  EXPECT_EQ(value(xml, "proxy_0", "quality_reporting_collector"), "sips:voip-metrics@sms.example.org;transport=tls");
  EXPECT_EQ(value(xml, "proxy_0", "reg_expires"), "600");
}

TEST(LpConfig, OfSeveralAccounts) {
  PhoneConfig config = alices();
  config.accounts.push_back({.user = "100000_shop",
                             .domain = "atlanta.voip.ms",
                             .password = "till",
                             .proxy = "sms.example.org:5070",
                             .transport = PhoneTransport::tcp});
  const std::string xml = write_lpconfig(config);
  EXPECT_EQ(value(xml, "proxy_0", "realm"), "montreal.voip.ms");
  EXPECT_EQ(value(xml, "proxy_1", "reg_proxy"), "<sip:sms.example.org:5070;transport=tcp>");
  EXPECT_EQ(value(xml, "proxy_1", "nat_policy_ref"), value(xml, "nat_policy_1", "ref"));
  EXPECT_NE(value(xml, "nat_policy_1", "ref"), value(xml, "nat_policy_0", "ref"));
  EXPECT_EQ(value(xml, "auth_info_1", "username"), "100000_shop");
  EXPECT_EQ(value(xml, "auth_info_1", "passwd"), "till");
  EXPECT_EQ(value(xml, "auth_info_1", "ha1"), "(none)");
  EXPECT_EQ(value(xml, "auth_info_0", "passwd"), "(none)");
  EXPECT_EQ(value(xml, "proxy_2", "realm"), "(none)");
}

TEST(LpConfig, WithoutAPasswordThereIsNoLoginAtAll) {
  PhoneConfig config = alices();
  config.accounts[0].ha1.clear();
  const std::string xml = write_lpconfig(config);
  EXPECT_THAT(xml, Not(HasSubstr("auth_info")));
  EXPECT_THAT(xml, Not(HasSubstr("passwd")));
  EXPECT_THAT(xml, Not(HasSubstr("ha1")));
  EXPECT_EQ(value(xml, "proxy_0", "realm"), "montreal.voip.ms");
}

TEST(LpConfig, WithoutAStunServerNothingSpeaksOfNat) {
  PhoneConfig config = alices();
  config.stun_server.clear();
  EXPECT_THAT(write_lpconfig(config), Not(HasSubstr("nat_policy")));
}

TEST(LpConfig, ContactsHaveAUrl) {
  PhoneConfig config = alices();
  config.contacts_url = "http://sms.example.org:38443/conf/abc.vcf";
  EXPECT_EQ(value(write_lpconfig(config), "misc", "contacts-vcard-list"), config.contacts_url);
}

// Predecessor's defect 9.
TEST(LpConfig, WhateverAValueHoldsComesBackAsItIs) {
  const std::string nasty = "a&b<c>d\"e'f]]>&amp;%41 \xC3\xA9\xE2\x82\xAC";
  PhoneConfig config = alices();
  config.accounts[0].ha1.clear();
  config.accounts[0].password = nasty;
  config.accounts[0].user = "100000_a&b<c\"d\\e";
  config.upload_url = "http://x/?a=1&b=<2>";
  const std::string xml = write_lpconfig(config);
  EXPECT_EQ(value(xml, "auth_info_0", "passwd"), nasty);
  EXPECT_EQ(value(xml, "auth_info_0", "username"), config.accounts[0].user);
  EXPECT_EQ(value(xml, "misc", "file_transfer_server_url"), config.upload_url);
  EXPECT_EQ(value(xml, "proxy_0", "reg_identity"),
            R"("100000_a&b<c\"d\\e" <sip:100000_a&b%3Cc%22d%5Ce@montreal.voip.ms>)");
}

TEST(LpConfig, WhatXmlCannotHoldBecomesTheReplacementCharacter) {
  PhoneConfig config = alices();
  config.accounts[0].ha1.clear();
  config.accounts[0].password = std::string("a\x01\0\xff", 4) + "b";
  EXPECT_EQ(value(write_lpconfig(config), "auth_info_0", "passwd"), "a\uFFFD\uFFFD\uFFFDb");
}

}  // namespace
}  // namespace mmsgate::formats
