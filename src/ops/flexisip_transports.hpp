// SPDX-License-Identifier: Apache-2.0
// [global] transports of Flexisip: where it must listen for the gateway, and for phones. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "ops/config.hpp"

namespace mmsgate::ops {

/// `phones_address`: where it listens for phones; empty: at what their proxy's name says.
[[nodiscard]] std::string flexisip_transports(const Config& config, std::string_view phones_address);
[[nodiscard]] bool are_transports_met(const Config& config, std::string_view value);
/// The transports of `value` without those that are in the gateway's way, and what is missing of `wanted`.
[[nodiscard]] std::string mended_transports(const Config& config, std::string_view wanted, std::string_view value);

/// Where Flexisip reaches the gateway, for forward.conf: "<sip:127.0.0.2>". Of a config that has_gateway_address().
[[nodiscard]] std::string gateway_route(const Config& config);
[[nodiscard]] bool leads_to_gateway(const Config& config, std::string_view route);

}  // namespace mmsgate::ops
