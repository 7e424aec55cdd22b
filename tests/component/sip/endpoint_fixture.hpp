// SPDX-License-Identifier: Apache-2.0
// An endpoint on a free port of 127.0.0.1, whose receiver's work the test does by hand.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sip/endpoint.hpp"
#include "support/raw_sip.hpp"
#include "support/waiting_queue.hpp"

namespace mmsgate::sip {

using testing_support::RawClient;
using testing_support::RawSocket;
using testing_support::read_sip;
using testing_support::SipRequest;
using testing_support::SipText;
using testing_support::TcpPeer;
using testing_support::UdpPeer;
using testing_support::WaitingQueue;

class HandReceiver final : public Receiver {
 public:
  struct Taken {
    Request request;
    Responder responder;
  };
  void on_message(Request request, Responder responder) override {
    if (on_taken) on_taken();
    messages.push({std::move(request), std::move(responder)});
  }
  void on_registered(std::string account) override { registered.push(std::move(account)); }
  void on_stranger(const std::string& source) override { strangers.push(std::string(source)); }

  void on_crowd(const std::string& source) override { crowds.push(std::string(source)); }

  WaitingQueue<std::string> strangers;
  WaitingQueue<std::string> crowds;
  WaitingQueue<Taken> messages;
  WaitingQueue<std::string> registered;
  std::function<void()> on_taken;  ///< On the sip thread, which waits until it returns. Set before the first.
};

/// How send() ended.
struct Ending {
  int status = 0;
  std::string phrase;
};

class EndpointTest : public testing::Test {
 protected:
  void TearDown() override {
    endpoint_.reset();
    EXPECT_EQ(receiver_.messages.size(), 0U) << "the receiver was given more than the test knows of";
  }

  /// Starts it with `options_` at the first call.
  Endpoint& endpoint() {
    if (!endpoint_) {
      auto listening = listen(options_, receiver_, runtime::Log::none());
      if (!listening) throw std::runtime_error(listening.error().detail);
      endpoint_ = std::move(*listening);
    }
    return *endpoint_;
  }
  std::uint16_t port() { return endpoint().port(); }

  /// What the gateway does with most: 202.
  Request accept() {
    auto taken = receiver_.messages.pop();
    if (!taken) throw std::runtime_error("the receiver was given nothing");
    taken->responder.answer(202, "Accepted");
    return std::move(taken->request);
  }
  void expect_alive() {
    UdpPeer peer(port());
    EXPECT_EQ(peer.ask({.method = "OPTIONS", .branch = "z9hG4bK-alive", .content_type = "", .body = ""}).status(), 200);
  }

  [[nodiscard]] static Outgoing outgoing(std::uint16_t to_port) {
    return {.request_uri = "sip:100000_bob@example.org",
            .route = fmt::format("sip:127.0.0.1:{}", to_port),
            .from = "\"5145550123\" <sip:5145550123@example.org>",
            .to = "<sip:100000_bob@example.org>",
            .call_id = "delivery-1",
            .headers = {{"X-SMS-To", "5145550100"}},
            .content_type = "text/plain;charset=utf-8",
            .body = "Good morning"};
  }
  void send(Outgoing message) {
    endpoint().send(std::move(message), {.on_provisional = [this] { provisional_.push(true); },
                                         .on_final =
                                             [this](int status, std::string phrase) {
                                               endings_.push({status, std::move(phrase)});
                                             }});
  }
  /// Status 0: it did not end in time.
  Ending ending() { return endings_.pop().value_or(Ending{}); }

  Options options_{.address = "127.0.0.1", .port = 0};
  HandReceiver receiver_;
  WaitingQueue<bool> provisional_;
  WaitingQueue<Ending> endings_;
  std::unique_ptr<Endpoint> endpoint_;
};

}  // namespace mmsgate::sip
