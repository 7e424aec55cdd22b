// SPDX-License-Identifier: Apache-2.0
// What the SIP stack has no call for: addresses, why a port cannot be had, and the buffers of its sockets. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::sip {

/// IPv4 or IPv6, without brackets.
[[nodiscard]] bool is_ip_address(const std::string& text);

/// "sip:192.0.2.1:5060;transport=tcp": a sip URI whose host is an IP address, or has one beside it (";maddr=").
[[nodiscard]] bool is_numeric_route(std::string_view uri);

/// The URL that the stack listens at: IPv6 in brackets, port 0 as the stack's "any, the same for UDP and TCP". With the
/// scheme "sips" it is TLS.
[[nodiscard]] std::string url_of(const std::string& address, std::uint16_t port, std::string_view scheme = "sip");

/// Why the stack could not listen there, by trying it, and what to do. rejected: no IP address. transient: all else.
[[nodiscard]] std::unexpected<Error> why_not(const std::string& address, std::uint16_t port);
/// The same of a port for TLS.
[[nodiscard]] std::unexpected<Error> why_not_tls(const std::string& address, std::uint16_t port);

/// The stack reads all that waits in a TCP socket and copies the rest for each message in it: with much waiting,
/// quadratic work. Sockets that are accepted at `port` from now on hold 32 KB at most.
void limit_what_a_read_takes(std::uint16_t port);

/// The stack looks up host names that strangers write into a Via (maddr), and waits for the answer. Nothing that this
/// thread looks up goes to a name server from now on; /etc/hosts and IP addresses still work.
void forget_name_servers();

}  // namespace mmsgate::sip
