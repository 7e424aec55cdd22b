// SPDX-License-Identifier: Apache-2.0
#include "ops/control.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::ops {
namespace {

using runtime::Descriptor;

constexpr std::size_t kLongestLine = 1024;
constexpr std::size_t kLongestAnswer = 16U << 20;
constexpr mode_t kOwnerOnly = 0600;
constexpr std::string_view kGood = "ok\n";
constexpr std::string_view kBad = "error\n";

std::string socket_path(const std::string& database) { return database + ".control"; }

/// A socket's address holds 108 characters, and a path may be longer: so it is named from its folder. Nothing: its own
/// name is too long, or there is no such folder.
struct Address {
  Descriptor folder;  ///< Must live as long as the address is used.
  sockaddr_un socket{};
};
std::optional<Address> address_of(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  if (error) return std::nullopt;
  Address address{.folder = Descriptor(::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))};
  const std::string name = fmt::format("/proc/self/fd/{}/{}", address.folder.get(), whole.filename().string());
  if (!address.folder.is_open() || name.size() >= sizeof address.socket.sun_path) return std::nullopt;
  address.socket.sun_family = AF_UNIX;
  name.copy(address.socket.sun_path, name.size());
  return address;
}

std::unexpected<Error> cannot(const char* what, const std::string& path) {
  return fail(ErrorKind::transient, fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}

void limit_waiting(int fd, std::chrono::seconds limit) {
  const timeval time{.tv_sec = limit.count(), .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // who asked has gone
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

/// Up to a line end. Nothing: too long, or not whole in time: who sends it letter by letter must not hold up the
/// others.
std::optional<std::string> read_line(int fd, std::chrono::seconds limit) {
  using Steady = std::chrono::steady_clock;
  std::string line;
  std::array<char, kLongestLine> buffer{};
  for (const auto end = Steady::now() + limit; line.size() <= kLongestLine;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd wait{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    const ssize_t n = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (n <= 0) return std::nullopt;
    line.append(buffer.data(), static_cast<std::size_t>(n));
    if (const auto at = line.find('\n'); at != std::string::npos && at <= kLongestLine) return line.substr(0, at);
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Control>> Control::open(const std::string& database) {
  const std::string path = socket_path(database);
  // What goes wrong is said by who opens a file in it.
  static_cast<void>(runtime::make_private_folder(std::filesystem::path(path).parent_path()));
  const std::string lock_path = database + ".lock";
  Descriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!lock.is_open()) return cannot("make", lock_path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::rejected,
                fmt::format("another gateway runs with the database {}: stop that one first", database));
  }
  const auto address = address_of(path);
  if (!address) {
    return fail(ErrorKind::rejected,
                fmt::format("the name of the database is too long for a socket beside it: {}", path));
  }
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());  // one that was killed left it; the lock says that nobody has it
  constexpr int kWaiting = 8;
  const bool listens =
      listener.is_open() &&
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address->socket), sizeof address->socket) == 0 &&
      ::chmod(path.c_str(), kOwnerOnly) == 0 && ::listen(listener.get(), kWaiting) == 0;
  if (!listens) return cannot("listen at", path);
  return std::unique_ptr<Control>(new Control(path, std::move(lock), std::move(listener)));
}

Control::Control(std::string path, Descriptor lock, Descriptor listener)
    : path_(std::move(path)),
      lock_(std::move(lock)),
      listener_(std::move(listener)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {}

Control::~Control() {
  if (thread_.joinable()) {
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
  }
  ::unlink(path_.c_str());
}

void Control::start(Handler handler) {
  handler_ = std::move(handler);
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "control");
    run();
  });
}

void Control::run() {
  for (;;) {
    std::array<pollfd, 2> wait{pollfd{listener_.get(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) return;
    if (wait[1].revents != 0) return;
    if (wait[0].revents == 0) continue;
    Descriptor peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.is_open()) serve(std::move(peer));
  }
}

void Control::serve(Descriptor peer) {
  constexpr auto kPatience = std::chrono::seconds(2);
  limit_waiting(peer.get(), kPatience);
  const auto line = read_line(peer.get(), kPatience);
  if (!line) return;
  handler_(*line, [peer = std::move(peer)](const Result<std::string>& answer) {
    write_all(peer.get(), answer ? kGood : kBad);
    write_all(peer.get(), answer ? *answer : answer.error().detail);
    ::shutdown(peer.get(), SHUT_RDWR);
  });
}

Result<std::string> ask_running(const std::string& database, const std::string& line, std::chrono::seconds patience) {
  const auto none_runs = [&] {
    return fail(ErrorKind::transient, fmt::format("no gateway runs with the database {}: start it first", database));
  };
  const auto address = address_of(socket_path(database));
  if (!address) return none_runs();
  const Descriptor peer(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address->socket), sizeof address->socket) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return none_runs();
    return fail(ErrorKind::unanswered,
                fmt::format("cannot speak to the gateway at {}: {}", socket_path(database), std::strerror(errno)));
  }
  limit_waiting(peer.get(), patience);
  write_all(peer.get(), line + "\n");
  std::string answer;
  std::array<char, 64U << 10> buffer{};
  ssize_t n = 0;
  while (answer.size() < kLongestAnswer && (n = ::recv(peer.get(), buffer.data(), buffer.size(), 0)) > 0) {
    answer.append(buffer.data(), static_cast<std::size_t>(n));
  }
  if (answer.starts_with(kGood)) return answer.substr(kGood.size());
  if (answer.starts_with(kBad)) return fail(ErrorKind::rejected, answer.substr(kBad.size()));
  return fail(ErrorKind::unanswered, "the gateway did not answer; its log may say why");
}

}  // namespace mmsgate::ops
