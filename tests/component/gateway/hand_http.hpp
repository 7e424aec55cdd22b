// SPDX-License-Identifier: Apache-2.0
// VoIP.ms' interface, whose answers the test gives, when it likes.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "net/http_client.hpp"
#include "support/waiting_queue.hpp"

namespace mmsgate::gateway {

class HandHttp final : public net::HttpClient {
 public:
  struct Call {
    std::string method;
    Done done;
    void answer(std::string body) { done(net::HttpResponse{.status = 200, .body = std::move(body)}); }
    void fail() { done(std::unexpected(Error{ErrorKind::transient, "no network"})); }
  };
  void start(net::HttpRequest request, Done done) override {
    const auto method = std::ranges::find(request.form, "method", &std::pair<std::string, std::string>::first);
    calls.push({method->second, std::move(done)});
  }
  void post(std::move_only_function<void()> task) override { task(); }
  void stop() override {}
  /// The next call; the test ends when none is made.
  Call next() {
    auto call = calls.pop();
    if (!call) throw std::runtime_error("VoIP.ms was not asked for anything");
    return std::move(*call);
  }
  testing_support::WaitingQueue<Call> calls;
};

}  // namespace mmsgate::gateway
