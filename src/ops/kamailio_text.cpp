// SPDX-License-Identifier: Apache-2.0
#include "ops/kamailio_text.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "ops/gateway_address.hpp"
#include "ops/kamailio_template.hpp"

namespace mmsgate::ops {
namespace {

constexpr std::uint16_t kSip = 5060;
constexpr std::uint16_t kSips = 5061;

using Words = std::map<std::string, std::string, std::less<>>;

bool wants_tls(const Config& config) { return config.proxy_transport == Config::Transport::tls; }

bool is_any(std::string_view address) { return address == "0.0.0.0" || address == "::"; }

std::string in_uri(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

/// Where the gateway reaches it.
std::string proxy_host(const Config& config) {
  return config.proxy.host == "localhost" ? "127.0.0.1" : config.proxy.host;
}

/// @WORD@ becomes what `words` says. One that it does not know would be a bug of ours: it stays, and Kamailio says so.
std::string filled_in(std::string_view text, const Words& words) {
  std::string out;
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@')) {
    out += text.substr(0, at);
    text.remove_prefix(at);
    const auto end = text.find('@', 1);
    const auto word = words.find(text.substr(1, end == std::string_view::npos ? 0 : end - 1));
    const bool is_word = end != std::string_view::npos && word != words.end();
    out += is_word ? std::string_view(word->second) : text.substr(0, 1);
    text.remove_prefix(is_word ? end + 1 : 1);
  }
  return out.append(text);
}

/// Between quotes of kamailio.cfg nothing else may end them.
bool is_quotable(std::string_view text) { return text.find_first_of("\"\\\n\r=;") == std::string_view::npos; }

class Listening {
 public:
  void add(std::string_view transport, const std::string& host, std::uint16_t port) {
    const std::string line = fmt::format("listen={}:{}:{}\n", transport, in_uri(host), port);
    if (text_.find(line) == std::string::npos) text_ += line;
  }
  [[nodiscard]] std::string text() const { return text_.substr(0, text_.size() - 1); }

 private:
  std::string text_;
};

/// Where the gateway reaches it, and where phones do.
std::string listening(const Config& config, const std::string& address, bool has_tls) {
  Listening all;
  const std::string host = proxy_host(config);
  if (wants_tls(config)) {
    all.add("tls", host, config.proxy.port);
  } else {
    all.add("udp", host, config.proxy.port);
    all.add("tcp", host, config.proxy.port);
  }
  const HostPort phones = host_port(config.phones.proxy, 0).value_or(HostPort{});
  const bool is_tls_alone = config.phones.transport == formats::PhoneTransport::tls;
  const std::uint16_t tls_port = phones.port != 0 && is_tls_alone ? phones.port : kSips;
  if (has_tls) all.add("tls", address, tls_port);
  if (is_tls_alone) return all.text();
  const std::uint16_t port = phones.port != 0 ? phones.port : kSip;
  all.add("udp", address, port);
  all.add("tcp", address, port);
  return all.text();
}

std::unexpected<Error> unknown(std::string what) { return fail(ErrorKind::rejected, std::move(what)); }

/// Kamailio tells the gateway's requests by the address that they come from.
Result<bool> has_gateway_place(const Config& config) {
  if (const auto known = has_gateway_address(config); !known) return known;
  if (config.sip_address.find(':') == std::string::npos) return true;
  return unknown(fmt::format("[sip] sipboundaddress = {}: this configuration is for a gateway at an IPv4 address",
                             config.sip_address));
}

}  // namespace

Result<bool> has_kamailio_domain(const Config& config) {
  if (config.domain != "localhost") return true;
  return unknown("[sip] domain must say what the phones' addresses end with, such as sip.example.org");
}

Result<std::string> kamailio_config_text(const Config& config, const KamailioAround& around) {
  if (!formats::IpAddress::parse(around.address)) {
    return unknown(
        "say with --address where phones reach Kamailio: this machine's own IP address, as `ip address` shows it");
  }
  if (is_any(around.address)) {
    return unknown("--address must be one address: at all of them, Kamailio would be in the gateway's place too");
  }
  if (const auto known = has_kamailio_domain(config); !known) return std::unexpected(known.error());
  if (const auto known = has_gateway_place(config); !known) return std::unexpected(known.error());
  const std::string certificate = around.certificate.empty() ? config.certificate : around.certificate;
  const std::string key = around.key.empty() ? config.key : around.key;
  const bool has_tls = !certificate.empty() && !key.empty();
  if (!has_tls && (wants_tls(config) || config.phones.transport == formats::PhoneTransport::tls)) {
    return unknown("TLS is wanted, and needs a certificate: name its two PEM files with --certificate and --key");
  }
  for (const std::string& each : {certificate, key, around.accounts_file, around.database, config.kamailio_rpc}) {
    if (!is_quotable(each))
      return unknown(fmt::format("{} cannot stand in kamailio.cfg: name the file otherwise", each));
  }
  const bool is_tls = wants_tls(config);
  const Words words{
      {"PASSWORDS", "#!define WITH_PASSWORDS"},
      {"TLS", has_tls ? "#!define WITH_TLS" : "# There is none: see --certificate and --key."},
      {"DATABASE", "#!define WITH_DATABASE"},
      {"DATABASE_FILE", around.database},
      {"LOG_TO_STDERR", "no"},
      {"LISTEN", listening(config, around.address, has_tls)},
      {"DOMAIN", config.domain},
      {"TLS_CERTIFICATE", certificate},
      {"TLS_KEY", key},
      {"ACCOUNTS", fmt::format("include_file \"{}\"", around.accounts_file)},
      {"RPC_SOCKET", config.kamailio_rpc},
      {"FLOOD_LIMIT", "100"},
      {"MORE", ""},
      {"GATEWAY_ADDRESS", config.sip_address},
      {"GATEWAY_PORT", fmt::to_string(is_tls ? config.sip_tls_port : config.sip_port)},
      {"GATEWAY_SOCKET",
       fmt::format("{}:{}:{}", is_tls ? "tls" : "udp", in_uri(proxy_host(config)), config.proxy.port)},
      {"GATEWAY_TRANSPORT", is_tls ? ";transport=tls" : ""},
      {"TO_GATEWAY", "$ua =~ \"Linphone\""},
  };
  return filled_in(kamailio_template(), words);
}

std::string kamailio_accounts_text(const std::vector<KamailioAccount>& accounts) {
  std::string out =
      "# The accounts that may register at Kamailio, and a hash of the SIP password of each. Whoever reads it can log "
      "in\n"
      "# as they: it is for Kamailio alone. `mmsgate kamailio accounts` makes it.\n";
  for (const KamailioAccount& each : accounts)
    out += fmt::format("$sht(password=>{}) = \"{}\";\n", each.name, each.ha1);
  return out;
}

}  // namespace mmsgate::ops
