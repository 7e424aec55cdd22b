// SPDX-License-Identifier: Apache-2.0
#include "ops/gateway_address.hpp"

#include <fmt/format.h>

namespace mmsgate::ops {
namespace {

bool is_all(const Config& config) { return config.sip_address == "0.0.0.0"; }

}  // namespace

Result<bool> has_gateway_address(const Config& config) {
  if (config.sip_address != "::") return true;
  return fail(
      ErrorKind::rejected,
      "[sip] sipboundaddress = :: is all IPv6 addresses, and no IPv4 one: set it to the one address at which the "
      "proxy is to reach the gateway");
}

bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

std::string gateway_address(const Config& config, std::string_view of_all) {
  return is_all(config) ? std::string(of_all) : config.sip_address;
}

std::string note_on_gateway_address(const Config& config, std::string_view proxy, std::string_view of_all) {
  if (!is_all(config)) return {};
  const std::string unsure =
      is_loopback(config.proxy.host)
          ? ""
          : fmt::format(", and [sip] sipproxy = {} may well be another machine", config.proxy.host);
  return fmt::format(
      "[sip] sipboundaddress = {} is all addresses of this machine and does not say which one {} is to use. {} stands "
      "there now: right where both run on one machine{}. If they do not, set sipboundaddress to the gateway's own IP "
      "address and print this again",
      config.sip_address, proxy, of_all, unsure);
}

}  // namespace mmsgate::ops
