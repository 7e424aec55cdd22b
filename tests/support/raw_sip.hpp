// SPDX-License-Identifier: Apache-2.0
// SIP written by hand: requests that a test can spoil at any place, answers to what comes, and the sockets for both.
// Loopback only; nothing waits longer than kLimit.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "support/raw_http.hpp"

namespace mmsgate::testing_support {

/// A request that is in order until a test changes it.
struct SipRequest {
  std::string method = "MESSAGE";
  std::string target = "sip:5145550111@example.org";
  std::string transport = "UDP";
  std::string sent_by = "127.0.0.1:5099";
  std::string branch = "z9hG4bK-one";
  std::string max_forwards = "70";
  std::string from = "<sip:100000_alice@example.org>;tag=from-tag";
  std::string to = "<sip:5145550111@example.org>";
  std::string call_id = "call-one";
  int cseq = 20;
  std::vector<std::string> headers;  ///< Whole lines, without their ends.
  std::string content_type = "text/plain";
  std::string body = "Hello";
  std::optional<std::string> length;  ///< Of the Content-Length; nothing: the true one.

  [[nodiscard]] std::string bytes() const {
    std::string text = fmt::format(
        "{0} {1} SIP/2.0\r\nVia: SIP/2.0/{2} {3};branch={4};rport\r\nMax-Forwards: {5}\r\nFrom: {6}\r\nTo: {7}\r\n"
        "Call-ID: {8}\r\nCSeq: {9} {0}\r\n",
        method, target, transport, sent_by, branch, max_forwards, from, to, call_id, cseq);
    for (const std::string& line : headers) text += line + "\r\n";
    if (!content_type.empty()) text += fmt::format("Content-Type: {}\r\n", content_type);
    return text + fmt::format("Content-Length: {}\r\n\r\n{}", length.value_or(std::to_string(body.size())), body);
  }
};

/// A message as text; header() takes the first of that name.
class SipText {
 public:
  explicit SipText(std::string bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string start() const { return bytes_.substr(0, bytes_.find("\r\n")); }
  /// 0: it is no answer.
  [[nodiscard]] int status() const { return bytes_.starts_with("SIP/2.0 ") ? std::stoi(bytes_.substr(8, 3)) : 0; }
  [[nodiscard]] std::string header(std::string_view name) const {
    const auto head = std::string_view(bytes_).substr(0, bytes_.find("\r\n\r\n") + 2);
    const auto at = head.find(fmt::format("\r\n{}: ", name));
    if (at == std::string_view::npos) return "";
    const auto begin = at + name.size() + 4;
    return std::string(head.substr(begin, head.find("\r\n", begin) - begin));
  }
  [[nodiscard]] std::string body() const {
    const auto at = bytes_.find("\r\n\r\n");
    return at == std::string::npos ? "" : bytes_.substr(at + 4);
  }

  /// What a server sends back for this request.
  [[nodiscard]] std::string answer(int status, std::string_view phrase) const {
    const std::string tag = header("To").find(";tag=") == std::string::npos ? ";tag=answer" : "";
    return fmt::format(
        "SIP/2.0 {} {}\r\nVia: {}\r\nFrom: {}\r\nTo: {}{}\r\nCall-ID: {}\r\nCSeq: {}\r\nContent-Length: 0\r\n\r\n",
        status, phrase, header("Via"), header("From"), header("To"), tag, header("Call-ID"), header("CSeq"));
  }

 private:
  std::string bytes_;
};

/// The next SIP message of a connection; empty when there is none.
template <typename Socket>
[[nodiscard]] SipText read_sip(Socket& socket) {
  std::string head = socket.read_until("\r\n\r\n");
  const std::string length = SipText(head).header("Content-Length");
  return SipText(length.empty() ? head : head + socket.read(std::stoul(length)));
}

/// A UDP socket on 127.0.0.1 that knows one other: whom it was told, or else who wrote last.
class UdpPeer {
 public:
  explicit UdpPeer(std::uint16_t other = 0, std::chrono::microseconds patience = kLimit)
      : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{patience.count() / 1'000'000, patience.count() % 1'000'000};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    own_ = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof own_;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&own_), size) != 0) throw std::runtime_error("cannot bind");
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own_), &size);
    other_ = own_;
    other_.sin_port = htons(other);
  }
  UdpPeer(const UdpPeer&) = delete;
  UdpPeer& operator=(const UdpPeer&) = delete;
  ~UdpPeer() { ::close(fd_); }

  [[nodiscard]] std::uint16_t port() const { return ntohs(own_.sin_port); }
  void send(std::string_view bytes) const {
    ::sendto(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&other_), sizeof other_);
  }
  /// Empty: nothing came in time.
  [[nodiscard]] SipText receive() {
    std::string bytes(65'536, '\0');
    socklen_t size = sizeof other_;
    const ssize_t n = ::recvfrom(fd_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&other_), &size);
    bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return SipText(std::move(bytes));
  }
  /// The answer to this request: one that is still on its way to whoever had this port before is none.
  [[nodiscard]] SipText ask(const SipRequest& request) {
    send(request.bytes());
    SipText answer = receive();
    while (!answer.bytes().empty() && answer.header("Via").find(request.branch) == std::string::npos)
      answer = receive();
    return answer;
  }

 private:
  int fd_;
  sockaddr_in own_{};
  sockaddr_in other_{};
};

/// Takes TCP connections at a port of 127.0.0.1.
class TcpPeer {
 public:
  /// 0: any free port.
  explicit TcpPeer(std::uint16_t port = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{kLimit.count(), 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    own_ = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof own_;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&own_), size) != 0 || ::listen(fd_, 10) != 0) {
      throw std::runtime_error("cannot listen");
    }
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own_), &size);
  }
  TcpPeer(const TcpPeer&) = delete;
  TcpPeer& operator=(const TcpPeer&) = delete;
  ~TcpPeer() { ::close(fd_); }

  [[nodiscard]] std::uint16_t port() const { return ntohs(own_.sin_port); }
  /// Fails as a socket that nobody has connected when none comes in time.
  [[nodiscard]] RawSocket accept() const { return RawSocket(::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)); }

 private:
  int fd_;
  sockaddr_in own_{};
};

}  // namespace mmsgate::testing_support
