// SPDX-License-Identifier: Apache-2.0
#include "sip/endpoint.hpp"

#include <charconv>
#include <future>
#include <utility>

#include <fmt/format.h>

#include "sip/caller.hpp"
#include "sip/listener.hpp"
#include "sip/pop_registration.hpp"
#include "sip/sockets.hpp"

namespace mmsgate::sip {
namespace {

/// What a server gets to hear at the end that we are gone.
constexpr auto kTakingLeave = std::chrono::seconds(2);

class SofiaEndpoint final : public Endpoint {
 public:
  SofiaEndpoint(const Options& options, Receiver& receiver, std::shared_ptr<runtime::Log> log)
      : options_(options),
        log_(std::move(log)),
        loop_(options.trace),
        listener_(std::make_unique<Listener>(
            options, receiver, loop_,
            [this](std::string_view host, std::string_view port) { return is_ours(host, port); })),
        caller_(std::make_unique<Caller>(options, loop_)) {}

  ~SofiaEndpoint() override {
    take_leave();
    // No call-back comes after this, and what other threads still post is dropped with the mailbox.
    loop_.call([this] {
      registration_.reset();
      caller_.reset();
      listener_.reset();
      loop_.mailbox()->close();
      su_root_break(loop_.root());
    });
  }

  Result<bool> open() {
    return loop_.call([this]() -> Result<bool> {
      const auto port = listener_->open();
      if (!port) return std::unexpected(port.error());
      port_ = *port;
      if (const auto tls = open_tls(); !tls) return tls;
      const auto caller_ports = caller_->open();
      if (!caller_ports) return std::unexpected(caller_ports.error());
      caller_ports_ = *caller_ports;
      // The stack takes what comes wherever it sends from.
      listener_->watch(caller_ports_.plain);
      if (caller_ports_.tls != 0) listener_->watch(caller_ports_.tls);
      if (options_.registration) {
        registration_ = std::make_unique<PopRegistration>(*options_.registration, loop_, *caller_, *log_);
        registration_->start(url_of(options_.address, port_));
      }
      return true;
    });
  }

  void send(Outgoing message, Progress progress) override {
    loop_.post([this, message = std::move(message), progress = std::move(progress)]() mutable {
      if (caller_) caller_->send(message, std::move(progress));
    });
  }

  void drain() override {
    loop_.call([this] { listener_->drain(); });
  }

  void follow_trace() override {
    loop_.post([this] {
      loop_.follow_trace();
      if (listener_) listener_->follow_trace();
      if (caller_) caller_->follow_trace();
    });
  }

  [[nodiscard]] std::uint16_t port() const override { return port_; }
  [[nodiscard]] std::uint16_t tls_port() const override { return tls_port_; }
  void post(runtime::Mailbox::Task task) override { loop_.post(std::move(task)); }

 private:
  Result<bool> open_tls() {
    if (!options_.tls) return true;
    const auto port = listener_->open_tls(*options_.tls);
    if (port) {
      tls_port_ = *port;
      return true;
    }
    if (options_.tls->is_must) return std::unexpected(port.error());
    log_->warning("there is no SIP over TLS: {}", port.error().detail);
    return true;
  }

  void take_leave() {
    const auto left = std::make_shared<std::promise<void>>();
    const auto end = left->get_future();
    loop_.post(
        [this, left] { registration_ ? registration_->leave([left] { left->set_value(); }) : left->set_value(); });
    static_cast<void>(end.wait_for(kTakingLeave));
  }

  [[nodiscard]] bool is_ours(std::string_view host, std::string_view port) const {
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    return number != 0 &&
           (number == port_ || number == tls_port_ || number == caller_ports_.plain || number == caller_ports_.tls) &&
           (host == options_.address || host == fmt::format("[{}]", options_.address));
  }

  const Options options_;
  const std::shared_ptr<runtime::Log> log_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;
  Caller::Ports caller_ports_;
  SipLoop loop_;
  std::unique_ptr<Listener> listener_;  // the sip thread's, as are the next
  std::unique_ptr<Caller> caller_;
  std::unique_ptr<PopRegistration> registration_;
};

}  // namespace

Result<std::unique_ptr<Endpoint>> listen(Options options, Receiver& receiver, std::shared_ptr<runtime::Log> log) {
  auto endpoint = std::make_unique<SofiaEndpoint>(options, receiver, std::move(log));
  if (const auto opened = endpoint->open(); !opened) return std::unexpected(opened.error());
  return endpoint;
}

}  // namespace mmsgate::sip
