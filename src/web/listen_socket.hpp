// SPDX-License-Identifier: Apache-2.0
// A listening TCP socket, with errors that a person can act upon.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.hpp"

namespace mmsgate::web {

/// An open descriptor, the caller's. rejected: no IP address. transient: the address or the port cannot be had; says
/// which.
[[nodiscard]] Result<int> listen_at(const std::string& address, std::uint16_t port);

/// The port that a listening socket has.
[[nodiscard]] std::uint16_t port_of(int fd);

}  // namespace mmsgate::web
