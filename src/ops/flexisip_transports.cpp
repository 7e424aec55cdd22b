// SPDX-License-Identifier: Apache-2.0
#include "ops/flexisip_transports.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "formats/contact_uri.hpp"
#include "formats/flexisip_config.hpp"
#include "formats/flexisip_routes.hpp"

namespace mmsgate::ops {
namespace {

constexpr std::uint16_t kSip = 5060;
constexpr std::uint16_t kSips = 5061;

bool is_this_machine(std::string_view host) { return host == "localhost" || host == "127.0.0.1" || host == "::1"; }
bool is_everywhere(std::string_view host) { return host == "*" || host == "0.0.0.0" || host == "::"; }
bool wants_tls(const Config& config) { return config.proxy_transport == Config::Transport::tls; }

std::string in_uri(const std::string& host) {
  return host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
}

std::string uri(bool is_tls, const std::string& host, std::uint16_t port) {
  const std::string place = fmt::format("{}:{}", is_tls ? "sips" : "sip", in_uri(host));
  return port == (is_tls ? kSips : kSip) ? place : fmt::format("{}:{}", place, port);
}

/// The address at which it listens.
std::string bound_to(std::string_view item, const formats::SipPlace& place) {
  const std::string address(formats::uri_parameter(item, "maddr"));
  return address.empty() ? place.host : address;
}

std::string gateway_transport(const Config& config) {
  const bool is_tls = wants_tls(config);
  std::string item = is_this_machine(config.proxy.host)
                         ? uri(is_tls, "localhost", config.proxy.port) + ";maddr=127.0.0.1"
                         : uri(is_tls, config.proxy.host, config.proxy.port);
  if (is_tls) item += ";tls-verify-outgoing=0";
  return item;
}

/// It would take the gateway's own address and port too.
bool is_in_the_way(const Config& config, std::string_view item) {
  const auto place = formats::sip_place(item);
  return is_everywhere(bound_to(item, place)) && place.port == (place.is_tls ? config.sip_tls_port : config.sip_port);
}

bool is_for_gateway(const Config& config, std::string_view item) {
  const auto place = formats::sip_place(item);
  const std::string host = bound_to(item, place);
  if (place.is_tls != wants_tls(config) || place.port != config.proxy.port || is_in_the_way(config, item)) return false;
  const bool is_there =
      is_everywhere(host) || host == config.proxy.host || (is_this_machine(host) && is_this_machine(config.proxy.host));
  // Without a word of the transport, it is both.
  const std::string_view one = config.proxy_transport == Config::Transport::udp   ? "udp"
                               : config.proxy_transport == Config::Transport::tcp ? "tcp"
                                                                                  : "";
  const bool speaks = place.is_tls ? formats::uri_parameter(item, "tls-verify-outgoing") == "0"
                                   : place.transport.empty() || place.transport == one;
  return is_there && speaks;
}

bool is_for_phones(const Config& config, std::string_view item) {
  const auto place = formats::sip_place(item);
  if (place.host.empty() || is_this_machine(bound_to(item, place)) || is_in_the_way(config, item)) return false;
  if (!config.phones.transport) return true;
  return place.is_tls == (*config.phones.transport == formats::PhoneTransport::tls);
}

std::string phones_transports(const Config& config, std::string_view address) {
  const auto place = host_port(config.phones.proxy, 0);
  if (!place) return {};
  const bool has_port = place->port != 0;
  const std::string suffix = address.empty() ? "" : fmt::format(";maddr={}", address);
  const std::string tls = uri(true, place->host, has_port ? place->port : kSips) + suffix;
  const std::string plain = uri(false, place->host, has_port ? place->port : kSip) + suffix;
  if (config.phones.transport) return *config.phones.transport == formats::PhoneTransport::tls ? tls : plain;
  // At one port, TLS and TCP cannot both be.
  return fmt::format("{} {}{}", tls, plain, has_port ? ";transport=udp" : "");
}

bool has(std::string_view value, const Config& config, bool (*is_it)(const Config&, std::string_view)) {
  return std::ranges::any_of(formats::flexisip_items(value),
                             [&](std::string_view item) { return is_it(config, item); });
}

}  // namespace

std::string flexisip_transports(const Config& config, std::string_view phones_address) {
  std::string phones = phones_transports(config, phones_address);
  // Flexisip may be reached at the same place by both.
  if (has(phones, config, is_for_gateway)) return phones;
  return fmt::format("{} {}", phones, gateway_transport(config));
}

bool are_transports_met(const Config& config, std::string_view value) {
  const auto items = formats::flexisip_items(value);
  return has(value, config, is_for_gateway) && has(value, config, is_for_phones) &&
         std::ranges::none_of(items, [&](std::string_view item) { return is_in_the_way(config, item); });
}

std::string mended_transports(const Config& config, std::string_view wanted, std::string_view value) {
  std::string all;
  const auto add = [&all](std::string_view item) { all += fmt::format("{}{}", all.empty() ? "" : " ", item); };
  for (const std::string_view item : formats::flexisip_items(value)) {
    if (!is_in_the_way(config, item)) add(item);
  }
  const bool needs_phones = !has(all, config, is_for_phones);
  const bool needs_gateway = !has(all, config, is_for_gateway);
  for (const std::string_view item : formats::flexisip_items(wanted)) {
    const bool is_gateways = is_for_gateway(config, item);
    if ((is_gateways && needs_gateway) || (!is_gateways && needs_phones)) add(item);
  }
  return all;
}

std::string gateway_route(const Config& config) {
  const bool is_tls = wants_tls(config);
  return fmt::format("<{}>", uri(is_tls, config.sip_address, is_tls ? config.sip_tls_port : config.sip_port));
}

bool leads_to_gateway(const Config& config, std::string_view route) {
  const auto place = formats::sip_place(route);
  return place.host == config.sip_address && place.port == (place.is_tls ? config.sip_tls_port : config.sip_port);
}

}  // namespace mmsgate::ops
