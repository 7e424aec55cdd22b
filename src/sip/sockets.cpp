// SPDX-License-Identifier: Apache-2.0
#include "sip/sockets.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

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

/// Its port is 0 where it cannot be had.
using GetName = int (*)(int, sockaddr*, socklen_t*);
std::pair<formats::IpAddress, std::uint16_t> name_of(int fd, GetName get) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  char host[NI_MAXHOST] = {};
  if (get(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0 ||
      (storage.ss_family != AF_INET && storage.ss_family != AF_INET6) ||
      getnameinfo(reinterpret_cast<sockaddr*>(&storage), size, host, sizeof host, nullptr, 0, NI_NUMERICHOST) != 0) {
    return {};
  }
  return {formats::IpAddress::parse(host).value_or(formats::IpAddress{}), ntohs(*port_in(storage))};
}

int option_of(int fd, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

enum class Kind { listener, connection, datagrams };

std::optional<Kind> kind_of(int fd) {
  const int type = option_of(fd, SO_TYPE);
  if (type == SOCK_DGRAM) return Kind::datagrams;
  if (type != SOCK_STREAM) return std::nullopt;
  return option_of(fd, SO_ACCEPTCONN) == 1 ? Kind::listener : Kind::connection;
}

/// Its own end is there. The web server of this process may have the same port at another address.
bool is_at(int fd, const std::string& address, std::span<const std::uint16_t> ports, Kind kind) {
  if (kind_of(fd) != kind) return false;
  const auto [own, port] = name_of(fd, ::getsockname);
  const bool is_any = address == "0.0.0.0" || address == "::";
  return std::ranges::find(ports, port) != ports.end() && (is_any || own == formats::IpAddress::parse(address));
}

/// The sockets of this process that are there. Nothing: there is no descriptor left to look with.
std::optional<std::vector<int>> sockets_at(const std::string& address, std::span<const std::uint16_t> ports,
                                           Kind kind) {
  std::vector<int> found;
  std::error_code error;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end; it.increment(error)) {
    const int fd = std::atoi(it->path().filename().c_str());
    if (is_at(fd, address, ports, kind)) found.push_back(fd);
  }
  if (error) return std::nullopt;
  return found;
}

/// Binds and lets go again: 0 or errno.
int try_bind(int type, const sockaddr_storage& storage) {
  const int fd = ::socket(storage.ss_family, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  constexpr int kOn = 1;
  // As the stack does for TCP: connections of an earlier run that still wait to die are no reason to fail.
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
  const socklen_t size = storage.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  const int error = ::bind(fd, reinterpret_cast<const sockaddr*>(&storage), size) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

std::unexpected<Error> cannot_listen(const std::string& address, std::uint16_t port, int error, const char* option) {
  // Two may share a TCP address until both listen: that it can be bound does not mean that it is free.
  if (error == 0) error = EADDRINUSE;
  const std::string advice = error == EADDRINUSE
                                 ? fmt::format("; another program has it: end that one, or set {}", option)
                             : error == EADDRNOTAVAIL ? "; this machine has no such address: see sipboundaddress"
                             : error == EACCES        ? "; ports below 1024 need a privilege: choose a higher one"
                                                      : "";
  return fail(ErrorKind::transient, fmt::format("the SIP endpoint cannot listen at {} port {}: {}{}", address, port,
                                                std::strerror(error), advice));
}

}  // namespace

bool is_ip_address(const std::string& text) {
  sockaddr_storage storage{};
  return parse(text, storage);
}

bool is_numeric_route(std::string_view uri) {
  constexpr std::string_view kScheme = "sip:";
  if (!uri.starts_with(kScheme)) return false;
  uri.remove_prefix(kScheme.size());
  constexpr std::string_view kAddress = ";maddr=";
  if (const auto at = uri.find(kAddress); at != std::string_view::npos) {
    uri.remove_prefix(at + kAddress.size());
    uri = uri.substr(0, uri.find(';'));
  }
  if (!uri.starts_with('[')) return is_ip_address(std::string(uri.substr(0, uri.find_first_of(":;?"))));
  const auto end = uri.find(']');
  return end != std::string_view::npos && is_ip_address(std::string(uri.substr(1, end - 1)));
}

std::string url_of(const std::string& address, std::uint16_t port, std::string_view scheme) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return fmt::format("{}:{}{}{}:{}", scheme, is_v6 ? "[" : "", address, is_v6 ? "]" : "",
                     port == 0 ? "*" : std::to_string(port));
}

std::unexpected<Error> why_not(const std::string& address, std::uint16_t port) {
  sockaddr_storage storage{};
  if (!parse(address, storage)) {
    return fail(ErrorKind::rejected,
                fmt::format("the SIP endpoint cannot listen at \"{}\": that is not an IP address", address));
  }
  *port_in(storage) = htons(port);
  int error = try_bind(SOCK_STREAM, storage);
  if (error == 0) error = try_bind(SOCK_DGRAM, storage);
  return cannot_listen(address, port, error, "sipport");
}

std::unexpected<Error> why_not_tls(const std::string& address, std::uint16_t port) {
  sockaddr_storage storage{};
  parse(address, storage);
  *port_in(storage) = htons(port);
  return cannot_listen(address, port, try_bind(SOCK_STREAM, storage), "siptlsport");
}

void limit_what_a_read_takes(const std::string& address, std::uint16_t port) {
  for (const int fd : listeners_at(address, port)) {
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
}

std::vector<int> listeners_at(const std::string& address, std::uint16_t port) {
  return sockets_at(address, {&port, 1}, Kind::listener).value_or(std::vector<int>{});
}

std::vector<int> datagram_sockets_at(const std::string& address, std::uint16_t port) {
  return sockets_at(address, {&port, 1}, Kind::datagrams).value_or(std::vector<int>{});
}

std::optional<std::vector<Connection>> connections_at(const std::string& address,
                                                      std::span<const std::uint16_t> ports) {
  const auto sockets = sockets_at(address, ports, Kind::connection);
  if (!sockets) return std::nullopt;
  std::vector<Connection> connections;
  std::set<std::uint64_t> numbers;
  for (const int fd : *sockets) {
    const auto connection = connection_at(fd, address, ports);
    if (connection && numbers.insert(number_of(fd)).second) connections.push_back(*connection);
  }
  return connections;
}

std::optional<Connection> connection_at(int fd, const std::string& address, std::span<const std::uint16_t> ports) {
  if (!is_at(fd, address, ports, Kind::connection)) return std::nullopt;
  const auto [peer, port] = name_of(fd, ::getpeername);
  if (port == 0) return std::nullopt;
  return Connection{.fd = fd, .address = peer, .port = port};
}

std::uint64_t number_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

void forget_name_servers() {
  // The resolver's state is the thread's own, and what a program has changed in it is left alone (resolver(3)).
  if (res_init() != 0) return;
  _res.retry = 1;
  _res.retrans = 1;
  _res.nscount = 1;
  _res.nsaddr_list[0] = {.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

}  // namespace mmsgate::sip
