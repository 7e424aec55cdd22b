// SPDX-License-Identifier: Apache-2.0
// HTTP with nothing in between: a client that sends the bytes a test gives it, however wrong, and a server that answers
// with the bytes of a script. Loopback only. What takes longer than kLimit ends as if the other side had closed.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace mmsgate::testing_support {

inline constexpr std::chrono::seconds kLimit{30};

/// A TCP connection whose every wait has a limit.
class RawSocket {
 public:
  explicit RawSocket(int fd) : fd_(fd) {
    const timeval limit{kLimit.count(), 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  RawSocket(RawSocket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}
  RawSocket& operator=(RawSocket&&) = delete;
  ~RawSocket() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// False: the other side is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void end_sending() { ::shutdown(fd_, SHUT_WR); }

  /// What comes up to and with `mark`; without it when the other side closes first.
  [[nodiscard]] std::string read_until(std::string_view mark) {
    while (pending_.find(mark) == std::string::npos && fill()) {
    }
    const auto at = pending_.find(mark);
    return take(at == std::string::npos ? pending_.size() : at + mark.size());
  }
  [[nodiscard]] std::string read(std::size_t size) {
    while (pending_.size() < size && fill()) {
    }
    return take(std::min(size, pending_.size()));
  }
  [[nodiscard]] std::string read_to_end() {
    while (fill()) {
    }
    return take(pending_.size());
  }
  /// Something has come, or the other side has closed.
  [[nodiscard]] bool is_readable() const {
    pollfd wait{fd_, POLLIN, 0};
    return !pending_.empty() || ::poll(&wait, 1, 0) > 0;
  }
  /// The other side has closed, while something was read; not merely the limit passed.
  [[nodiscard]] bool is_closed() const { return is_closed_; }

 private:
  bool fill() {
    char bytes[16 << 10];
    const ssize_t n = ::recv(fd_, bytes, sizeof bytes, 0);
    is_closed_ = n == 0 || (n < 0 && errno != EAGAIN);
    if (n > 0) pending_.append(bytes, static_cast<std::size_t>(n));
    return n > 0;
  }
  std::string take(std::size_t size) {
    std::string taken = pending_.substr(0, size);
    pending_.erase(0, size);
    return taken;
  }

  int fd_;
  std::string pending_;
  bool is_closed_ = false;
};

/// A request or an answer.
struct RawMessage {
  std::string start;                           ///< "HTTP/1.1 200 OK" or "GET / HTTP/1.1"; empty: nothing came.
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;

  /// 0: there was no answer.
  [[nodiscard]] int status() const { return start.starts_with("HTTP/") ? std::stoi(start.substr(9, 3)) : 0; }
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto it = headers.find(name);
    return it == headers.end() ? "" : it->second;
  }
};

[[nodiscard]] inline RawMessage read_message(RawSocket& socket, bool has_body = true) {
  RawMessage message;
  const auto line = [&] {
    std::string text = socket.read_until("\r\n");
    return text.ends_with("\r\n") ? text.substr(0, text.size() - 2) : "";
  };
  message.start = line();
  for (std::string field = line(); !field.empty(); field = line()) {
    const auto colon = field.find(':');
    std::string name = field.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    message.headers[name] = field.substr(std::min(field.size(), field.find_first_not_of(' ', colon + 1)));
  }
  if (const std::string length = message.header("content-length"); has_body && !length.empty()) {
    message.body = socket.read(std::stoull(length));
  }
  return message;
}

/// One connection to a server on this machine.
class RawClient : public RawSocket {
 public:
  explicit RawClient(std::uint16_t port, const std::string& from = "127.0.0.1") : RawSocket(connect_to(port, from)) {}

  RawMessage answer() { return read_message(*this); }
  /// To a HEAD: its length is that of a body which does not come.
  RawMessage answer_without_body() { return read_message(*this, false); }
  RawMessage ask(std::string_view request) {
    send(request);
    return answer();
  }

 private:
  static int connect_to(std::uint16_t port, const std::string& from) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in own{.sin_family = AF_INET, .sin_addr = {inet_addr(from.c_str())}};
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) throw std::runtime_error("cannot bind");
    sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("cannot connect");
    return fd;
  }
};

/// What a script answers, and what it does then.
struct RawReply {
  enum class Then { close, hold, next };
  std::string bytes;
  Then then = Then::close;  ///< hold: the line stays open and silent. next: it takes another request.
};

/// Each connection has a thread of its own, on which the script is called.
class RawServer {
 public:
  using Script = std::function<RawReply(const RawMessage&)>;

  explicit RawServer(Script script) : script_(std::move(script)), listener_(listen_on_any()) {
    socklen_t size = sizeof address_;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &size);
    acceptor_ = std::jthread([this] { accept_all(); });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    const std::lock_guard lock(mutex_);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    talks_.clear();
    for (const int fd : open_) ::close(fd);
    ::close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }

 private:
  static int listen_on_any() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in any{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 || ::listen(fd, SOMAXCONN) != 0) {
      throw std::runtime_error("cannot listen");
    }
    return fd;
  }
  void accept_all() {
    for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
      const std::lock_guard lock(mutex_);
      open_.push_back(fd);
      talks_.emplace_back([this, fd] { talk(fd); });
    }
  }
  void talk(int fd) const {
    RawSocket socket(::dup(fd));
    RawReply reply{.then = RawReply::Then::next};
    while (reply.then == RawReply::Then::next) {
      const RawMessage request = read_message(socket);
      if (request.start.empty()) return;
      reply = script_(request);
      socket.send(reply.bytes);
    }
    if (reply.then == RawReply::Then::close) ::shutdown(fd, SHUT_RDWR);
    if (reply.then == RawReply::Then::hold) static_cast<void>(socket.read_to_end());
  }

  const Script script_;
  const int listener_;
  sockaddr_in address_{};
  std::mutex mutex_;
  std::vector<int> open_;            // guarded by mutex_; closed at the end, so that no number is used twice
  std::vector<std::jthread> talks_;  // guarded by mutex_
  std::jthread acceptor_;
};

}  // namespace mmsgate::testing_support
