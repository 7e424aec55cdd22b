// SPDX-License-Identifier: Apache-2.0
#include "formats/lpconfig.hpp"

#include <cctype>
#include <cstring>

#include <fmt/format.h>

#include "formats/xml.hpp"

namespace mmsgate::formats {
namespace {

/// A section of the phone's configuration.
class Section {
 public:
  Section(pugi::xml_node root, const std::string& name) : node_(root.append_child("section")) {
    node_.append_attribute("name") = name.c_str();
  }
  /// Whatever the phone has there already gives way.
  Section& set(const char* name, std::string_view value) {
    entry(name, value).append_attribute("overwrite") = "true";
    return *this;
  }
  /// Only where the phone has nothing.
  Section& offer(const char* name, std::string_view value) {
    entry(name, value);
    return *this;
  }

 private:
  pugi::xml_node entry(const char* name, std::string_view value) {
    pugi::xml_node node = node_.append_child("entry");
    node.append_attribute("name") = name;
    if (!value.empty()) node.text() = xml_text(value).c_str();
    return node;
  }
  pugi::xml_node node_;
};

/// What may stand in the user part of a SIP address (RFC 3261 25.1); the rest is written with percent signs.
std::string escaped_user(std::string_view user) {
  std::string out;
  for (const char c : user) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || std::strchr("-_.!~*'()&=+$,;?/", c);
    out += is_plain && c != '\0' ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

/// As a quoted string (RFC 3261 25.1).
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string nat_ref(std::size_t index) { return fmt::format("mmsgate-nat-{}", index); }

void add_general(pugi::xml_node root, const PhoneConfig& config) {
  Section(root, "sip").set("default_proxy", "0").set("media_encryption", config.encrypts_media ? "srtp" : "none");
  if (!config.stun_server.empty()) Section(root, "net").set("nat_policy_ref", nat_ref(0));
  Section misc(root, "misc");
  misc.set("transient_provisioning", "1")  // it is fetched once, and not at each start
      .set("hide_chat_rooms_from_removed_proxies", "0")
      .set("file_transfer_server_url", config.upload_url)
      .set("version_check_url_root", "");
  if (!config.contacts_url.empty()) misc.set("contacts-vcard-list", config.contacts_url);
  Section(root, "app").set("keep_service_alive", "1").set("auto_start", "1").set("publish_presence", "0");
  // Receipts are what the ticks of both sides are made of.
  Section receipts(root, "im_notif_policy");
  for (const char* each : {"send_imdn_delivered", "recv_imdn_delivered", "send_imdn_displayed", "recv_imdn_displayed",
                           "send_is_comp", "recv_is_comp"}) {
    receipts.set(each, "1");
  }
  // What is encrypted from end to end, the carrier could not read.
  Section(root, "lime").set("enabled", "0").set("lime_server_url", "").set("x3dh_server_url", "");
}

void add_nat_policies(pugi::xml_node root, const PhoneConfig& config) {
  constexpr std::string_view kProtocols = "stun,ice";
  if (config.stun_server.empty()) return;
  Section(root, "nat_policy_default_values").offer("stun_server", config.stun_server).offer("protocols", kProtocols);
  for (std::size_t i = 0; i < config.accounts.size(); ++i) {
    Section(root, fmt::format("nat_policy_{}", i))
        .set("ref", nat_ref(i))
        .set("stun_server", config.stun_server)
        .set("protocols", kProtocols);
  }
}

void add_login(pugi::xml_node root, std::size_t index, const PhoneAccount& account) {
  Section login(root, fmt::format("auth_info_{}", index));
  login.set("username", account.user);
  if (!account.ha1.empty()) {
    login.set("ha1", account.ha1).set("algorithm", "MD5");
  } else {
    login.set("passwd", account.password);
  }
  login.set("realm", account.domain).set("domain", account.domain);
}

void add_account(pugi::xml_node root, std::size_t index, const PhoneAccount& account, bool has_nat_policy) {
  const char* scheme = account.is_sips ? "sips" : "sip";
  const std::string at_proxy = fmt::format("{};transport={}", account.proxy, to_string(account.transport));
  const std::string route = fmt::format("<{}:{}>", scheme, at_proxy);
  Section section(root, fmt::format("proxy_{}", index));
  section.set("reg_proxy", route)
      .set("reg_route", route)
      .set("reg_identity",
           fmt::format("{} <{}:{}@{}>", quoted(account.user), scheme, escaped_user(account.user), account.domain))
      .set("realm", account.domain)
      .set("quality_reporting_collector", fmt::format("{}:voip-metrics@{}", scheme, at_proxy))
      .set("quality_reporting_enabled", "1")
      .set("quality_reporting_interval", "180")
      .set("reg_expires", fmt::to_string(account.expires))
      .set("reg_sendregister", "1")
      .set("publish", "1")
      .set("avpf", "1")
      .set("avpf_rr_interval", "1")
      .set("cpim_in_basic_chat_rooms_enabled", "0")
      .set("lime_server_url", "");
  if (has_nat_policy) section.set("nat_policy_ref", nat_ref(index));
}

struct StringWriter final : pugi::xml_writer {
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
  std::string text;
};

}  // namespace

std::string_view to_string(PhoneTransport transport) {
  switch (transport) {
    case PhoneTransport::udp:
      return "udp";
    case PhoneTransport::tcp:
      return "tcp";
    case PhoneTransport::tls:
      return "tls";
  }
  return "?";
}

std::string write_lpconfig(const PhoneConfig& config) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  pugi::xml_node root = document.append_child("config");
  root.append_attribute("xmlns") = "http://www.linphone.org/xsds/lpconfig.xsd";
  root.append_attribute("xmlns:xsi") = "http://www.w3.org/2001/XMLSchema-instance";
  root.append_attribute("xsi:schemaLocation") = "http://www.linphone.org/xsds/lpconfig.xsd lpconfig.xsd";
  add_general(root, config);
  add_nat_policies(root, config);
  std::size_t logins = 0;
  for (const PhoneAccount& account : config.accounts) {
    const bool has_login = !account.ha1.empty() || !account.password.empty();
    if (has_login) add_login(root, logins++, account);  // the phone reads them up to the first that is missing
  }
  for (std::size_t i = 0; i < config.accounts.size(); ++i) {
    add_account(root, i, config.accounts[i], !config.stun_server.empty());
  }
  StringWriter writer;
  document.save(writer, "", pugi::format_indent | pugi::format_no_empty_element_tags, pugi::encoding_utf8);
  return std::move(writer.text);
}

}  // namespace mmsgate::formats
