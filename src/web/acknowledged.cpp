// SPDX-License-Identifier: Apache-2.0
#include "web/acknowledged.hpp"

#include <linux/tcp.h>  // <netinet/tcp.h> knows less of it
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>

namespace mmsgate::web {

std::optional<std::uint64_t> acknowledged(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked) return std::nullopt;
  return info.tcpi_bytes_acked;
}

}  // namespace mmsgate::web
