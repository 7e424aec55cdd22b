// SPDX-License-Identifier: Apache-2.0
#include "web/listen_socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace mmsgate::web {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<Address> parse(const std::string& text, std::uint16_t port) {
  Address address;
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    address.size = sizeof *four;
    return address;
  }
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    address.size = sizeof *six;
    return address;
  }
  return fail(ErrorKind::rejected,
              fmt::format("the web server cannot listen at \"{}\": that is not an IP address", text));
}

}  // namespace

Result<int> listen_at(const std::string& text, std::uint16_t port) {
  const auto address = parse(text, port);
  if (!address) return std::unexpected(address.error());
  const int fd = ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  constexpr int kOn = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
  if (fd >= 0 && ::bind(fd, reinterpret_cast<const sockaddr*>(&address->storage), address->size) == 0 &&
      ::listen(fd, SOMAXCONN) == 0) {
    return fd;
  }
  const int error = errno;
  if (fd >= 0) ::close(fd);
  const char* advice = error == EADDRINUSE      ? "; another program has it: end that one, or set webport"
                       : error == EADDRNOTAVAIL ? "; this machine has no such address: see webbind"
                       : error == EACCES        ? "; ports below 1024 need a privilege: choose a higher one"
                                                : "";
  return fail(ErrorKind::transient, fmt::format("the web server cannot listen at {} port {}: {}{}", text, port,
                                                std::strerror(error), advice));
}

std::uint16_t port_of(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  return ntohs(storage.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                                             : reinterpret_cast<sockaddr_in*>(&storage)->sin_port);
}

}  // namespace mmsgate::web
