// SPDX-License-Identifier: Apache-2.0
// What the kernel has counted of a TCP connection: what came, and how far the other side has got with what was sent to
// it (what the kernel holds for it does not count). Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mmsgate::runtime {

/// Bytes since the connection was opened. Nothing: this kernel is too old to say.
struct TcpCounts {
  std::optional<std::uint64_t> acknowledged;
  std::optional<std::uint64_t> received;
  std::chrono::milliseconds quiet{};  ///< Since something came last, or since it was made.
};

/// Nothing: it is no TCP connection (any more).
[[nodiscard]] std::optional<TcpCounts> tcp_counts(int connection);
/// In the kernel's own words (tcp_info of linux/tcp.h), of which an older one knows fewer.
[[nodiscard]] TcpCounts tcp_counts_in(std::string_view info);

}  // namespace mmsgate::runtime
