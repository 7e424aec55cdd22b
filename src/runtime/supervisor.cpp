// SPDX-License-Identifier: Apache-2.0
#include "runtime/supervisor.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

namespace mmsgate::runtime {
namespace {

template <typename T>
std::optional<T> number(std::string_view text) {
  T parsed{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return parsed;
}

/// Whoever reads may be slow, but must not hold up the main thread for ever.
constexpr timeval kPatience{.tv_sec = 5, .tv_usec = 0};

std::unexpected<Error> useless(const std::string& socket, const std::string& why) {
  return fail(ErrorKind::rejected,
              fmt::format("systemd cannot be told how we are: $NOTIFY_SOCKET is {}, {}", socket, why));
}

}  // namespace

Supervisor::Place Supervisor::from_environment() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  return {.socket = variable("NOTIFY_SOCKET"), .watchdog = variable("WATCHDOG_USEC"), .pid = variable("WATCHDOG_PID")};
}

Result<Supervisor> Supervisor::open(const Place& place) {
  Supervisor supervisor;
  if (place.socket.empty()) return supervisor;
  const std::string& name = place.socket;
  if (name.size() < 2 || (name.front() != '/' && name.front() != '@'))
    return useless(name, "no path and no abstract name");
  sockaddr_un& address = supervisor.address_;
  if (name.size() >= sizeof address.sun_path) return useless(name, "which is too long for a socket");
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path, name.size());
  std::size_t length = offsetof(sockaddr_un, sun_path) + name.size();
  if (name.front() == '@') {
    address.sun_path[0] = '\0';
  } else {
    ++length;  // the zero at the end of a path
  }
  supervisor.length_ = static_cast<socklen_t>(length);
  supervisor.socket_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!supervisor.is_there()) return useless(name, std::strerror(errno));
  ::setsockopt(supervisor.socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  const bool is_for_us = place.pid.empty() || number<pid_t>(place.pid) == ::getpid();
  if (const auto watchdog = number<std::int64_t>(place.watchdog); is_for_us && watchdog && *watchdog > 0) {
    supervisor.watchdog_ = std::chrono::microseconds(*watchdog);
  }
  return supervisor;
}

Result<bool> Supervisor::tell(std::string_view lines) const {
  if (!is_there()) return true;
  const auto* to = reinterpret_cast<const sockaddr*>(&address_);
  if (::sendto(socket_.get(), lines.data(), lines.size(), MSG_NOSIGNAL, to, length_) >= 0) return true;
  return fail(ErrorKind::transient, fmt::format("systemd cannot be told how we are: {}", std::strerror(errno)));
}

}  // namespace mmsgate::runtime
