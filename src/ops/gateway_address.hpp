// SPDX-License-Identifier: Apache-2.0
// Where a proxy reaches the gateway, for what is written into the proxy's configuration. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "ops/config.hpp"

namespace mmsgate::ops {

/// rejected: it listens at all IPv6 addresses and at no other, and none of them is the one to name.
[[nodiscard]] Result<bool> has_gateway_address(const Config& config);
[[nodiscard]] bool is_loopback(std::string_view host);

/// What sipboundaddress says. Where that is all addresses: `of_all`, which a proxy on the same machine reaches.
[[nodiscard]] std::string gateway_address(const Config& config, std::string_view of_all);
/// What people should know who are shown `of_all` for it, of `proxy` ("Kamailio"). Empty: the config says the address.
[[nodiscard]] std::string note_on_gateway_address(const Config& config, std::string_view proxy,
                                                  std::string_view of_all);

}  // namespace mmsgate::ops
