// SPDX-License-Identifier: Apache-2.0
// What the SIP stack has no call for: addresses, why a port cannot be had, and the buffers of its sockets. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "formats/ip_address.hpp"

namespace mmsgate::sip {

/// IPv4 or IPv6, without brackets.
[[nodiscard]] bool is_ip_address(const std::string& text);

/// "sip:192.0.2.1:5060;transport=tcp": a sip URI whose host is an IP address, or has one beside it (";maddr=").
[[nodiscard]] bool is_numeric_route(std::string_view uri);

/// The URL that the stack listens at: IPv6 in brackets, port 0 as the stack's "any, the same for UDP and TCP". With the
/// scheme "sips" it is TLS.
[[nodiscard]] std::string url_of(const std::string& address, std::uint16_t port, std::string_view scheme = "sip");

/// What comes by UDP while the sip thread is busy must wait, not be lost: the proxy repeats it for five seconds, and
/// then the phone believes that it was not taken. Some 3,600 MESSAGEs, or as many as the system lets us have
/// (net.core.rmem_max; some 180 as Debian 12 has it). Not more: they must have their turn within those five seconds.
inline constexpr unsigned kDatagramRoom = 4U << 20;

/// Why the stack could not listen there, by trying it, and what to do. rejected: no IP address. transient: all else.
[[nodiscard]] std::unexpected<Error> why_not(const std::string& address, std::uint16_t port);
/// The same of a port for TLS.
[[nodiscard]] std::unexpected<Error> why_not_tls(const std::string& address, std::uint16_t port);

/// The stack reads all that waits in a TCP socket and copies the rest for each message in it: with much waiting,
/// quadratic work. Sockets that are accepted at `port` from now on hold 32 KB at most.
void limit_what_a_read_takes(const std::string& address, std::uint16_t port);

/// The descriptors that listen for TCP at this address and port.
[[nodiscard]] std::vector<int> listeners_at(const std::string& address, std::uint16_t port);

/// ... that take datagrams.
[[nodiscard]] std::vector<int> datagram_sockets_at(const std::string& address, std::uint16_t port);

/// Somebody is connected to us by TCP.
struct Connection {
  int fd = -1;  ///< Another's: not to be closed.
  formats::IpAddress address;
  std::uint16_t port = 0;
};
/// Those that were made to one of these ports at this address, each once. Nothing: there is no descriptor left to look
/// with.
[[nodiscard]] std::optional<std::vector<Connection>> connections_at(const std::string& address,
                                                                    std::span<const std::uint16_t> ports);

/// That one, if it is such a connection.
[[nodiscard]] std::optional<Connection> connection_at(int fd, const std::string& address,
                                                      std::span<const std::uint16_t> ports);
/// What the kernel calls a socket, whatever descriptors it has. 0: it is none.
[[nodiscard]] std::uint64_t number_of(int fd);

/// The stack looks up host names that strangers write into a Via (maddr), and waits for the answer. Nothing that this
/// thread looks up goes to a name server from now on; /etc/hosts and IP addresses still work.
void forget_name_servers();

}  // namespace mmsgate::sip
