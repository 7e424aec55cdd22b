// SPDX-License-Identifier: Apache-2.0
// UDP datagrams to the whole SIP endpoint, the stack within: it runs on its thread, on loopback. What the receiver is
// given is read as the gateway reads it. Then the endpoint must answer a question. Each input has an endpoint of its
// own, so that nothing is left over for the next, and what is found once is found again.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <future>
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

using std::chrono::milliseconds;

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

/// A datagram may be lost: the question is put again, as any client does it (RFC 3261 17.1.2.2, timer E), after 0.5, 1
/// and 2 s, and the last one has 4. Together with what else is waited for it is less than the 10 s that libFuzzer
/// gives.
constexpr milliseconds kFirstPause{500};
constexpr int kQuestions = 4;
constexpr std::chrono::seconds kStandstill{2};
/// This line parts one datagram of an input from the next. As many as a socket holds.
constexpr std::string_view kNext = "\n-- next --\n";
constexpr int kMostDatagrams = 16;
/// The stack answers a request of STUN that it knows none.
constexpr char kStunAnswer = '\x01';

class Line {
 public:
  Line() {
    auto listening = sip::listen({.address = "127.0.0.1", .port = 0}, reader_, runtime::Log::none());
    must(listening.has_value(), listening ? "" : listening.error().detail.c_str());
    endpoint_ = std::move(*listening);
    const sockaddr_in there{
        .sin_family = AF_INET, .sin_port = htons(endpoint_->port()), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    must(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0, "a socket");
  }

  void send(std::string_view bytes) const {
    static_cast<void>(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  /// One thing comes after another: when this is answered, the stack has read what was sent before. `name` must be one
  /// that it did not say.
  void ask(const std::string& name) {
    const std::string question = fmt::format(
        "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK{0}\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=a\r\nTo: <sip:a@b>\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\n"
        "Content-Length: 0\r\n\r\n",
        name);
    const std::string wanted = fmt::format("\r\nCall-ID: {}\r\n", name);
    milliseconds pause = kFirstPause;
    for (int i = 0; i < kQuestions; ++i, pause *= 2) {
      send(question);
      if (is_answered(wanted, pause)) return;
    }
    must(is_alive(), "the endpoint's thread does what it is asked (it stands still)");
    must(false, "the endpoint answers one of four questions in 7.5 s (its thread is alive)");
  }

  /// What the thread was asked for by now is done: the receiver's answer is sent.
  [[nodiscard]] bool is_alive() {
    const auto done = std::make_shared<std::promise<void>>();
    auto end = done->get_future();
    endpoint_->post([done] { done->set_value(); });
    return end.wait_for(kStandstill) == std::future_status::ready;
  }

 private:
  [[nodiscard]] bool is_answered(const std::string& wanted, milliseconds within) const {
    const auto end = std::chrono::steady_clock::now() + within;
    for (std::string answer;;) {
      const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
      pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
      if (left.count() <= 0) return false;
      if (::poll(&ready, 1, static_cast<int>(left.count())) != 1) continue;  // libFuzzer's clock is a signal
      answer.assign(65'536, '\0');
      const ssize_t n = ::recv(socket_.get(), answer.data(), answer.size(), MSG_DONTWAIT);
      must(n > 0, "the endpoint's port is open, and it sends no empty datagrams");
      answer.resize(static_cast<std::size_t>(n));
      if (answer.starts_with(kStunAnswer)) continue;
      must(answer.starts_with("SIP/2.0 ") && answer.find("\r\n\r\n") != std::string::npos, "an answer is one");
      if (answer.find(wanted) != std::string::npos) return true;
    }
  }

  Reader reader_;
  std::unique_ptr<sip::Endpoint> endpoint_;
  runtime::Descriptor socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = as_text(data, size);
  Line line;
  std::string_view rest = input;
  for (int more = kMostDatagrams - 1; more > 0; --more) {
    const std::size_t end = rest.find(kNext);
    if (end == std::string_view::npos) break;
    line.send(rest.substr(0, end));
    rest.remove_prefix(end + kNext.size());
  }
  line.send(rest);
  line.ask(fmt::format("ask-{:x}", std::hash<std::string_view>{}(input)));
  must(line.is_alive(), "the endpoint's thread does what it is asked");
  return 0;
}
