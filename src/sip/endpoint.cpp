// SPDX-License-Identifier: Apache-2.0
#include "sip/endpoint.hpp"

#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "sip/caller.hpp"
#include "sip/listener.hpp"

namespace mmsgate::sip {
namespace {

class SofiaEndpoint final : public Endpoint {
 public:
  SofiaEndpoint(const Options& options, Receiver& receiver, std::shared_ptr<runtime::Log> log)
      : options_(options),
        loop_(options.trace_level, std::move(log)),
        listener_(std::make_unique<Listener>(
            options, receiver, loop_,
            [this](std::string_view host, std::string_view port) { return is_ours(host, port); })),
        caller_(std::make_unique<Caller>(options, loop_)) {}

  ~SofiaEndpoint() override {
    // No call-back comes after this, and what other threads still post is dropped with the mailbox.
    loop_.call([this] {
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
      const auto caller_port = caller_->open();
      if (!caller_port) return std::unexpected(caller_port.error());
      port_ = *port;
      caller_port_ = *caller_port;
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

  [[nodiscard]] std::uint16_t port() const override { return port_; }

 private:
  [[nodiscard]] bool is_ours(std::string_view host, std::string_view port) const {
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number);
    return (number == port_ || number == caller_port_) &&
           (host == options_.address || host == fmt::format("[{}]", options_.address));
  }

  const Options options_;
  std::uint16_t port_ = 0;
  std::uint16_t caller_port_ = 0;
  SipLoop loop_;
  std::unique_ptr<Listener> listener_;  // the sip thread's, as is the next
  std::unique_ptr<Caller> caller_;
};

}  // namespace

Result<std::unique_ptr<Endpoint>> listen(Options options, Receiver& receiver, std::shared_ptr<runtime::Log> log) {
  auto endpoint = std::make_unique<SofiaEndpoint>(options, receiver, std::move(log));
  if (const auto opened = endpoint->open(); !opened) return std::unexpected(opened.error());
  return endpoint;
}

}  // namespace mmsgate::sip
