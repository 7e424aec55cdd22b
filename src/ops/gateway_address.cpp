// SPDX-License-Identifier: Apache-2.0
#include "ops/gateway_address.hpp"

#include <fmt/format.h>

namespace mmsgate::ops {

Result<bool> has_gateway_address(const Config& config) {
  if (config.sip_address != "0.0.0.0" && config.sip_address != "::") return true;
  return fail(ErrorKind::rejected,
              fmt::format("[sip] sipboundaddress = {} is all addresses of this machine, and the proxy must know one: "
                          "set it to 127.0.0.2 where both run on one machine, else to this machine's own address",
                          config.sip_address));
}

}  // namespace mmsgate::ops
