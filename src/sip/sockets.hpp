// SPDX-License-Identifier: Apache-2.0
// What the SIP stack has no call for: addresses, free ports, and the buffers of its sockets.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.hpp"

namespace mmsgate::sip {

/// As it stands in a URL: IPv6 in brackets.
[[nodiscard]] std::string in_url(const std::string& address);

/// A port that is free for UDP and TCP at this address now; `wanted` 0: any. rejected: no IP address. transient: it is
/// taken, or this machine has no such address; says which and what to do.
[[nodiscard]] Result<std::uint16_t> free_port(const std::string& address, std::uint16_t wanted);

/// The stack reads all that waits in a TCP socket and copies the rest for each message in it: with much waiting,
/// quadratic work. Sockets that are accepted at `port` from now on hold 32 KB at most.
void limit_what_a_read_takes(std::uint16_t port);

}  // namespace mmsgate::sip
