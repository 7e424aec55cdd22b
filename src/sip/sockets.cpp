// SPDX-License-Identifier: Apache-2.0
#include "sip/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

namespace mmsgate::sip {
namespace {

constexpr int kReceiveBuffer = 32 << 10;

std::uint16_t* port_in(sockaddr_storage& storage) {
  return storage.ss_family == AF_INET6 ? &reinterpret_cast<sockaddr_in6*>(&storage)->sin6_port
                                       : &reinterpret_cast<sockaddr_in*>(&storage)->sin_port;
}

bool parse(const std::string& text, sockaddr_storage& storage) {
  if (inet_pton(AF_INET, text.c_str(), &reinterpret_cast<sockaddr_in*>(&storage)->sin_addr) == 1) {
    storage.ss_family = AF_INET;
    return true;
  }
  if (inet_pton(AF_INET6, text.c_str(), &reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr) == 1) {
    storage.ss_family = AF_INET6;
    return true;
  }
  return false;
}

/// Binds and lets go again: 0 or errno; the port that it had is left in `storage`.
int try_bind(int type, sockaddr_storage& storage) {
  const int fd = ::socket(storage.ss_family, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  constexpr int kOn = 1;
  // As the stack does for TCP: connections of an earlier run that still wait to die are no reason to fail.
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
  socklen_t size = storage.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  const int error = ::bind(fd, reinterpret_cast<const sockaddr*>(&storage), size) == 0 ? 0 : errno;
  if (error == 0) getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  ::close(fd);
  return error;
}

std::unexpected<Error> cannot_listen(const std::string& address, std::uint16_t port, int error) {
  const char* advice = error == EADDRINUSE      ? "; another program has it: end that one, or set sipport"
                       : error == EADDRNOTAVAIL ? "; this machine has no such address: see sipboundaddress"
                       : error == EACCES        ? "; ports below 1024 need a privilege: choose a higher one"
                                                : "";
  return fail(ErrorKind::transient, fmt::format("the SIP endpoint cannot listen at {} port {}: {}{}", address, port,
                                                std::strerror(error), advice));
}

}  // namespace

std::string in_url(const std::string& address) {
  return address.find(':') == std::string::npos ? address : fmt::format("[{}]", address);
}

Result<std::uint16_t> free_port(const std::string& address, std::uint16_t wanted) {
  constexpr int kAttempts = 32;  // a port that is free for UDP need not be for TCP
  int error = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    sockaddr_storage storage{};
    if (!parse(address, storage)) {
      return fail(ErrorKind::rejected,
                  fmt::format("the SIP endpoint cannot listen at \"{}\": that is not an IP address", address));
    }
    *port_in(storage) = htons(wanted);
    error = try_bind(SOCK_STREAM, storage);
    if (error == 0) error = try_bind(SOCK_DGRAM, storage);
    if (error == 0) return ntohs(*port_in(storage));
    if (wanted != 0) break;
  }
  return cannot_listen(address, wanted, error);
}

void limit_what_a_read_takes(std::uint16_t port) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::atoi(entry.path().filename().c_str());
    int listens = 0;
    socklen_t size = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) continue;
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    const bool is_it =
        getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) == 0 && ntohs(*port_in(storage)) == port;
    if (is_it) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
}

}  // namespace mmsgate::sip
