// SPDX-License-Identifier: Apache-2.0
#include "runtime/tcp_counts.hpp"

#include <linux/tcp.h>  // <netinet/tcp.h> knows less of it
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace mmsgate::runtime {

std::optional<TcpCounts> tcp_counts(int connection) {
  std::array<char, sizeof(tcp_info)> info{};
  socklen_t size = info.size();
  if (::getsockopt(connection, IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0) return std::nullopt;
  return tcp_counts_in({info.data(), size});
}

TcpCounts tcp_counts_in(std::string_view info) {
  tcp_info all{};
  std::memcpy(&all, info.data(), std::min(info.size(), sizeof all));
  const auto if_told = [&](std::size_t at, std::uint64_t bytes) {
    return info.size() >= at + sizeof bytes ? std::optional(bytes) : std::nullopt;
  };
  return {.acknowledged = if_told(offsetof(tcp_info, tcpi_bytes_acked), all.tcpi_bytes_acked),
          .received = if_told(offsetof(tcp_info, tcpi_bytes_received), all.tcpi_bytes_received),
          .quiet = std::chrono::milliseconds(all.tcpi_last_data_recv)};
}

}  // namespace mmsgate::runtime
