// SPDX-License-Identifier: Apache-2.0
// The fence: which addresses a request may be sent to. Pure; any thread.
#pragma once

#include <sys/socket.h>

#include <string>

#include "net/http_client.hpp"

namespace mmsgate::net {

/// IPv4 and IPv6, also IPv4 inside IPv6 (mapped, NAT64, 6to4). Other families: never.
[[nodiscard]] bool may_reach(Reach reach, const sockaddr* address);

/// The same for an address as text, e.g. "192.0.2.1" or "2001:db8::1"; what is no address: never.
[[nodiscard]] bool may_reach(Reach reach, const std::string& address);

}  // namespace mmsgate::net
