// SPDX-License-Identifier: Apache-2.0
#include "ops/sip_config.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "ops/host_port.hpp"
#include "ops/options.hpp"

namespace mmsgate::ops {
namespace {

Config::Locator locator(const Values& values) {
  using enum Config::Locator;
  const auto is = [&values](std::string_view wanted) { return values.is("sip", "locator", wanted); };
  return is("flexisip") ? flexisip : is("kamailio") ? kamailio : is("proxy") ? proxy : automatic;
}

Config::Transport transport(const Values& values) {
  using enum Config::Transport;
  const auto is = [&values](std::string_view wanted) { return values.is("sip", "proxytransport", wanted); };
  return is("udp") ? udp : is("tcp") ? tcp : is("tls") ? tls : automatic;
}

bool is_set(const Values& values, std::string_view name) { return values.is_set(*find_option("sip", name)); }

/// The name of an account, as it stands in a SIP URI and between quotes.
bool is_account(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_.!~*'()&=+$,").find(static_cast<char>(c)) != std::string::npos;
  });
}

/// "Name" <sip:user@host>, <sip:user@host> or sip:user@host, as a From header takes it. Empty: none of them.
std::string name_address(std::string_view text) {
  std::string_view uri = text;
  if (const auto open = text.find('<'); open != std::string_view::npos) {
    if (!text.ends_with('>')) return {};
    uri = text.substr(open + 1, text.size() - open - 2);
  }
  const std::string_view whole = uri;
  for (const std::string_view scheme : {"sips:", "sip:"}) {
    if (uri.starts_with(scheme)) uri.remove_prefix(scheme.size());
  }
  const auto at = uri.find('@');
  const bool is_good = uri.size() < whole.size() && at != std::string_view::npos && is_account(uri.substr(0, at)) &&
                       host_port(uri.substr(at + 1), 0) && is_host(host_port(uri.substr(at + 1), 0)->host) &&
                       text.find_first_of("\r\n") == std::string_view::npos;
  if (!is_good) return {};
  return text.find('<') == std::string_view::npos ? fmt::format("<{}>", text) : std::string(text);
}

Result<bool> fill_tls(Config& config, const Values& values) {
  config.sip_tls_port = static_cast<std::uint16_t>(values.number("sip", "siptlsport"));
  constexpr std::uint16_t kHighest = 65535;
  if (config.sip_tls_port == 0) {
    config.sip_tls_port = static_cast<std::uint16_t>(config.sip_port == kHighest ? kHighest - 1 : config.sip_port + 1);
  }
  if (config.sip_tls_port == config.sip_port) {
    return values.wrong("sip", "siptlsport", "must differ from sipport: TCP has that one");
  }
  config.sip_certificate = values.text("sip", "sipcert");
  config.sip_key = values.text("sip", "sipkey");
  config.is_tls_wanted = config.proxy_transport == Config::Transport::tls || is_set(values, "siptlsport") ||
                         is_set(values, "sipcert") || is_set(values, "sipkey");
  return true;
}

Result<bool> fill_callers(Config& config, const Values& values) {
  auto callers = formats::parse_networks(values.text("sip", "sipallow"));
  if (!callers) return values.wrong("sip", "sipallow", callers.error().detail);
  config.sip_callers = *std::move(callers);
  config.heeds_assertions = values.is("sip", "sipasserted", "yes");
  config.sip_rate = values.number("sip", "siprate");
  config.sip_rate_all = values.number("sip", "siprateall");
  return true;
}

Result<bool> fill_registration(Config& config, const Values& values) {
  auto password = values.secret("sip", "authpw");
  // A file that this process cannot read holds one all the same.
  const std::pair<const char*, std::string> needed[] = {{"sippop", values.text("sip", "sippop")},
                                                        {"authid", values.text("sip", "authid")},
                                                        {"authpw", password.value_or("?")}};
  const auto is_empty = [](const auto& each) { return each.second.empty(); };
  if (std::ranges::all_of(needed, is_empty)) return true;
  if (const auto* missing = std::ranges::find_if(needed, is_empty); missing != std::end(needed)) {
    const auto* there = std::ranges::find_if_not(needed, is_empty);
    const std::string named = is_set(values, there->first) ? there->first : std::string(there->first) + "_file";
    auto wrong =
        values.wrong("sip", named,
                     fmt::format("alone registers nowhere: sippop, authid and authpw go together, and {} is not set",
                                 missing->first));
    if (missing->first != std::string_view("authpw")) return wrong;
    password = std::move(wrong);
  }
  const auto pop = host_port(needed[0].second, 0);
  if (!pop || !is_host(pop->host)) return values.wrong("sip", "sippop", "must be HOST or HOST:PORT");
  if (!is_account(needed[1].second)) return values.wrong("sip", "authid", "must be a name such as 100000_mmsgate");
  if (config.sip_address == "0.0.0.0" || config.sip_address == "::") {
    return values.wrong("sip", "sippop", "needs a sipboundaddress that is one address: it is what is registered");
  }
  const std::string own = fmt::format("<sip:{}@{}>", needed[1].second, needed[0].second);
  const std::string identity = is_set(values, "sipid") ? name_address(values.text("sip", "sipid")) : own;
  if (identity.empty()) return values.wrong("sip", "sipid", "must be an address such as <sip:mmsgate@sip.example.org>");
  if (!password) {
    config.missing_secret = password.error().detail;
    return true;
  }
  config.registration = {.pop = *pop, .identity = identity, .user = needed[1].second, .password = *std::move(password)};
  return true;
}

Result<bool> fill_trace(Config& config, const Values& values) {
  constexpr int kMost = 9;
  for (const char* name : {"siploglevel", "sipconsoleloglevel"}) {
    if (values.number("sip", name) > kMost) return values.wrong("sip", name, "must be a level, 0 to 9");
  }
  const int level = values.number("sip", "siploglevel");
  config.sip_trace = values.number("sip", "sipconsoleloglevel");
  config.sip_trace_file = values.text("sip", "siplogfile");
  if (config.sip_trace_file.empty()) {
    config.sip_trace = std::max(config.sip_trace, level);
  } else {
    config.sip_file_trace = level;
  }
  return true;
}

}  // namespace

Result<bool> fill_sip(Config& config, const Values& values) {
  config.proxy_transport = transport(values);
  const std::uint16_t usual_port = config.proxy_transport == Config::Transport::tls ? 5061 : 5060;
  config.sip_address = values.text("sip", "sipboundaddress");
  config.sip_port = static_cast<std::uint16_t>(values.number("sip", "sipport"));
  const auto proxy = host_port(values.text("sip", "sipproxy"), usual_port);
  if (!proxy || !is_host(proxy->host)) return values.wrong("sip", "sipproxy", "must be HOST or HOST:PORT");
  config.proxy = *proxy;
  config.domain = values.text("sip", "domain");
  if (!config.domain.empty() && !is_name(config.domain)) {
    return values.wrong("sip", "domain", "must be a name such as sip.example.org");
  }
  if (config.domain.empty()) config.domain = config.proxy.host;
  config.locator = locator(values);
  config.kamailio_rpc = values.text("sip", "kamailiorpc");
  config.proxy_keeps = std::chrono::hours(values.number("sip", "proxykeephours"));
  config.flexisip_socket = values.text("sip", "flexisipsocket");
  config.contact_route =
      values.is("sip", "contactroute", "doroute") ? formats::ContactRoute::doroute : formats::ContactRoute::ctrt;
  if (const auto filled = fill_trace(config, values); !filled) return filled;
  if (const auto filled = fill_callers(config, values); !filled) return filled;
  if (const auto filled = fill_tls(config, values); !filled) return filled;
  return fill_registration(config, values);
}

}  // namespace mmsgate::ops
