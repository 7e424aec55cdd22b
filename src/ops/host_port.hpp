// SPDX-License-Identifier: Apache-2.0
// Names, addresses and ports as they stand in the config. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mmsgate::ops {

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// HOST, HOST:PORT, [V6] or [V6]:PORT; without a port, it has `fallback`. Nothing: not of that form.
[[nodiscard]] std::optional<HostPort> host_port(std::string_view text, std::uint16_t fallback);

/// A name or an IP address, and nothing round it.
[[nodiscard]] bool is_host(std::string_view text);
/// A name or an IPv4 address.
[[nodiscard]] bool is_name(std::string_view text);

}  // namespace mmsgate::ops
