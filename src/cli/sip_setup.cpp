// SPDX-License-Identifier: Apache-2.0
#include "cli/sip_setup.hpp"

#include <ifaddrs.h>
#include <netdb.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/settings.hpp"
#include "ops/own_certificate.hpp"

namespace mmsgate::cli {
namespace {

using Transport = ops::Config::Transport;

/// Debian's package ca-certificates keeps it.
constexpr const char* kAuthorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::size_t kLargestPacket = 65'535;

struct Address {
  std::string text;
  bool is_v6 = false;
};

/// Empty: it is no IP address.
std::string text_of(const sockaddr& address) {
  const socklen_t size = address.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (address.sa_family != AF_INET && address.sa_family != AF_INET6) return {};
  char text[NI_MAXHOST] = {};
  return getnameinfo(&address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0 ? text : "";
}

/// The one to speak to is in front: IPv4 where there is one. Never empty.
Result<std::vector<Address>> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return fail(ErrorKind::transient,
                fmt::format("cannot find the SIP proxy {} ([sip] sipproxy): {}", host, gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    addresses.push_back({.text = text_of(*each->ai_addr), .is_v6 = each->ai_family == AF_INET6});
  }
  std::ranges::stable_partition(addresses, [](const Address& each) { return !each.is_v6; });
  return addresses;
}

/// Those of this machine, loopback among them.
std::vector<std::string> own_addresses() {
  std::vector<std::string> addresses{"127.0.0.0/8", "::1"};
  ifaddrs* found = nullptr;
  if (getifaddrs(&found) != 0) return addresses;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(found, freeifaddrs);
  for (const ifaddrs* each = found; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr != nullptr) addresses.push_back(text_of(*each->ifa_addr));
  }
  return addresses;
}

std::string bracketed(const Address& address) {
  return address.is_v6 ? fmt::format("[{}]", address.text) : address.text;
}

std::string_view parameter(Transport transport) {
  switch (transport) {
    case Transport::automatic:
      return "";
    case Transport::udp:
      return ";transport=udp";
    case Transport::tcp:
      return ";transport=tcp";
    case Transport::tls:
      return ";transport=tls";
  }
  return "";
}

/// The route goes to this machine: nobody can be in between.
bool is_on_loopback(std::string_view route) {
  constexpr std::string_view kAddress = ";maddr=";
  const auto at = route.find(kAddress);
  const std::string_view address =
      at == std::string_view::npos ? route.substr(std::string_view("sip:").size()) : route.substr(at + kAddress.size());
  return address.starts_with("127.") || address.starts_with("[::1]");
}

sip::Registration registration_from(const ops::Config::Registration& wanted, const std::string& route, Random& random) {
  const bool is_v6 = wanted.pop.host.find(':') != std::string::npos;
  const std::string host = bracketed({.text = wanted.pop.host, .is_v6 = is_v6});
  return {.pop = wanted.pop.port == 0 ? host : fmt::format("{}:{}", host, wanted.pop.port),
          .identity = wanted.identity,
          .user = wanted.user,
          .password = wanted.password,
          .route = route,
          .random = &random};
}

}  // namespace

Result<std::string> proxy_route(const ops::Config& config) {
  const auto addresses = look_up(config.proxy.host);
  if (!addresses) return std::unexpected(addresses.error());
  const Address& address = addresses->front();
  const std::string_view transport = parameter(config.proxy_transport);
  const std::string host = bracketed(address);
  // The name stays where it is to be compared with that in the proxy's certificate.
  if (config.proxy_transport == Transport::tls && address.text != config.proxy.host) {
    return fmt::format("sip:{}:{};maddr={}{}", config.proxy.host, config.proxy.port, host, transport);
  }
  return fmt::format("sip:{}:{}{}", host, config.proxy.port, transport);
}

Result<sip::Options> sip_options(const ops::Config& config, const std::string& route, Random& random,
                                 runtime::Log& log) {
  sip::Options options{.address = config.sip_address, .port = config.sip_port, .server_name = user_agent()};
  auto callers = are_callers_usual(config) ? usual_callers(config) : config.sip_callers;
  if (!callers) return std::unexpected(callers.error());
  options.callers = *std::move(callers);
  // Whoever names UDP has it for all that fits into a packet.
  if (config.proxy_transport == Transport::udp) options.udp_limit = kLargestPacket;
  if (config.registration) options.registration = registration_from(*config.registration, route, random);
  auto own = ops::own_certificate({.certificate = config.sip_certificate, .key = config.sip_key}, config.sip_address);
  if (!own) {
    // What is wrong in files that are there is for their owner to mend. That none can be made is no reason not to
    // serve.
    if (config.is_tls_wanted || own.error().kind == ErrorKind::rejected) return std::unexpected(own.error());
    log.warning("there is no SIP over TLS: {}", own.error().detail);
    return options;
  }
  options.tls = {
      .certificate = own->certificate, .key = own->key, .port = config.sip_tls_port, .is_must = config.is_tls_wanted};
  if (config.proxy_transport == Transport::tls) {
    options.tls_out = {
        .certificate = own->certificate, .key = own->key, .authorities = is_on_loopback(route) ? "" : kAuthorities};
  }
  return options;
}

/// An address of loopback is out of everybody's reach but this machine's: nobody needs to be asked.
bool are_callers_usual(const ops::Config& config) {
  return config.sip_callers.empty() && !config.sip_address.starts_with("127.") && config.sip_address != "::1";
}

Result<std::vector<formats::IpNetwork>> usual_callers(const ops::Config& config) {
  const auto proxy = look_up(config.proxy.host);
  if (!proxy) return std::unexpected(proxy.error());
  std::vector<std::string> usual = own_addresses();
  for (const Address& each : *proxy) usual.push_back(each.text);
  std::vector<formats::IpNetwork> callers;
  for (const std::string& each : usual) {
    if (const auto network = formats::IpNetwork::parse(each.substr(0, each.find('%')))) callers.push_back(*network);
  }
  return callers;
}

}  // namespace mmsgate::cli
