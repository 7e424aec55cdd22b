// SPDX-License-Identifier: Apache-2.0
#include "sip/endpoint.hpp"

#include <charconv>
#include <utility>

#include "sip/caller.hpp"
#include "sip/listener.hpp"
#include "sip/sockets.hpp"

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
    // What comes from other threads after this is dropped with the mailbox; no call-back is on its way any more.
    loop_.call([this] {
      caller_.reset();
      listener_.reset();
      loop_.mailbox()->close();
      su_root_break(loop_.root());
    });
  }

  Result<bool> open() {
    const auto port = free_port(options_.address, options_.port);
    if (!port) return std::unexpected(port.error());
    const auto own = free_port(options_.address, 0);
    if (!own) return std::unexpected(own.error());
    port_ = *port;
    caller_port_ = *own;
    return loop_.call([this]() -> Result<bool> {
      if (auto listening = listener_->open(port_); !listening) return listening;
      return caller_->open(caller_port_);
    });
  }

  void send(Outgoing message, Progress progress) override {
    loop_.post([this, message = std::move(message), progress = std::move(progress)]() mutable {
      caller_->send(message, std::move(progress));
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
           (host == options_.address || host == in_url(options_.address));
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
