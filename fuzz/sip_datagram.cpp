// SPDX-License-Identifier: Apache-2.0
// A UDP datagram to the whole endpoint, the SIP stack within: it runs on its thread, on loopback. What the receiver is
// given is read as the gateway reads it. After each datagram the endpoint must answer a question.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <memory>
#include <string>

#include <fmt/format.h>

#include "formats/phone_message.hpp"
#include "property.hpp"
#include "runtime/descriptor.hpp"
#include "sip/endpoint.hpp"

using namespace mmsgate;
using namespace mmsgate::fuzz;

namespace {

class Reader final : public sip::Receiver {
 public:
  void on_message(sip::Request request, sip::Responder responder) override {
    must(!request.from_user.empty(), "somebody has sent it");
    must(!request.content_type.empty(), "it has a type");
    must(request.body.size() <= sip::Options{}.most_inflated, "its body has a limit");
    const auto message = formats::parse_phone_message(request.content_type, request.body);
    if (!message) must_be_a_sentence(message.error().detail);
    message ? responder.answer(202) : responder.answer(400, message.error().detail);
  }
  void on_registered(std::string account) override { must(!account.empty(), "somebody has registered"); }
  void on_stranger(const std::string& /*source*/) override { must(false, "everybody may speak"); }
  void on_crowd(const std::string& /*source*/) override { must(false, "nobody connects"); }
};

class Line {
 public:
  Line() {
    auto listening = sip::listen({.address = "127.0.0.1", .port = 0}, reader_, runtime::Log::none());
    must(listening.has_value(), "it listens");
    endpoint_ = std::move(*listening);
    const sockaddr_in there{
        .sin_family = AF_INET, .sin_port = htons(endpoint_->port()), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    must(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0, "a socket");
  }
  void send(const std::string& bytes) const { static_cast<void>(::send(socket_.get(), bytes.data(), bytes.size(), 0)); }
  /// One thing comes after another: when this is answered, all before it is done with, but for what it answers later.
  void ask(std::uint64_t number) {
    send(
        fmt::format("OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK-ask-{0}\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:a@b>\r\nCall-ID: ask-{0}\r\n"
                    "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
                    number));
    const std::string wanted = fmt::format("\r\nCall-ID: ask-{}\r\n", number);
    for (std::string answer; answer.find(wanted) == std::string::npos;) {
      answer.assign(65'536, '\0');
      const ssize_t n = ::recv(socket_.get(), answer.data(), answer.size(), 0);
      must(n > 0, "the endpoint answers");
      answer.resize(static_cast<std::size_t>(n));
      must(answer.starts_with("SIP/2.0 ") && answer.find("\r\n\r\n") != std::string::npos, "an answer is one");
    }
  }

 private:
  Reader reader_;
  std::unique_ptr<sip::Endpoint> endpoint_;
  runtime::Descriptor socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

/// The same branch again would be a repeat, which is answered by the stack itself.
std::string with_branches_of_its_own(std::string text, std::uint64_t number) {
  constexpr std::string_view kCookie = "z9hG4bK";
  const std::string own = fmt::format("{}{}x", kCookie, number);
  for (std::size_t at = text.find(kCookie); at != std::string::npos; at = text.find(kCookie, at + own.size())) {
    text.replace(at, kCookie.size(), own);
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Line line;
  static std::uint64_t number = 0;
  ++number;
  line.send(with_branches_of_its_own(std::string(as_text(data, size)), number));
  line.ask(number);
  return 0;
}
