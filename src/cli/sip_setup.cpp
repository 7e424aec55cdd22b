// SPDX-License-Identifier: Apache-2.0
#include "cli/sip_setup.hpp"

#include <netdb.h>

#include <memory>
#include <string_view>
#include <utility>

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

Result<Address> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return fail(ErrorKind::transient,
                fmt::format("cannot find the SIP proxy {} ([sip] sipproxy): {}", host, gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  const addrinfo* best = found;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      best = each;
      break;
    }
  }
  char address[NI_MAXHOST] = {};
  getnameinfo(best->ai_addr, best->ai_addrlen, address, sizeof address, nullptr, 0, NI_NUMERICHOST);
  return Address{.text = address, .is_v6 = best->ai_family == AF_INET6};
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
  const auto address = look_up(config.proxy.host);
  if (!address) return std::unexpected(address.error());
  const std::string_view transport = parameter(config.proxy_transport);
  const std::string host = bracketed(*address);
  // The name stays where it is to be compared with that in the proxy's certificate.
  if (config.proxy_transport == Transport::tls && address->text != config.proxy.host) {
    return fmt::format("sip:{}:{};maddr={}{}", config.proxy.host, config.proxy.port, host, transport);
  }
  return fmt::format("sip:{}:{}{}", host, config.proxy.port, transport);
}

Result<sip::Options> sip_options(const ops::Config& config, const std::string& route, Random& random,
                                 runtime::Log& log) {
  sip::Options options{.address = config.sip_address, .port = config.sip_port, .server_name = user_agent()};
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

}  // namespace mmsgate::cli
