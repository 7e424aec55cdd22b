// SPDX-License-Identifier: Apache-2.0
#include "sip/datagrams.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>

#include "sip/sockets.hpp"

namespace mmsgate::sip {
namespace {

constexpr int kMostLines = 300;
constexpr std::size_t kLargest = 65'535;
/// That nobody took an answer of ours (ICMP) the kernel tells once, to whoever reads next, in the place of what waits.
/// So many in a row are something else.
constexpr int kMostErrors = 100;

}  // namespace

bool has_too_many_lines(std::string_view message) {
  int lines = 0;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = message.find_first_of("\r\n", begin)) != std::string_view::npos; begin = end + 1) {
    const bool is_crlf = message.substr(end, 2) == "\r\n";
    if (end == begin && lines > 0) return false;  // the body
    if (++lines > kMostLines) return true;
    if (is_crlf) ++end;
  }
  return false;
}

void Datagrams::watch(const std::string& address, std::uint16_t port) {
  bytes_.resize(kLargest);
  for (const int fd : datagram_sockets_at(address, port)) {
    const int own = sockets_.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0)).get();
    watches_.emplace_back(root_, own, [this, own] { look(own); });
  }
}

void Datagrams::look(int socket) {
  for (int errors = 0; errors < kMostErrors;) {
    const ssize_t size = ::recv(socket, bytes_.data(), bytes_.size(), MSG_PEEK | MSG_DONTWAIT);
    if (size < 0 && errno != EAGAIN) {
      ++errors;
      continue;
    }
    if (size <= 0 || !has_too_many_lines({bytes_.data(), static_cast<std::size_t>(size)})) return;
    static_cast<void>(::recv(socket, bytes_.data(), 0, MSG_DONTWAIT));
  }
}

}  // namespace mmsgate::sip
