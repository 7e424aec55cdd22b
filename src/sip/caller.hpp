// SPDX-License-Identifier: Apache-2.0
// The client side: sends MESSAGEs to the proxy and says what became of them. Lives on the sip thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "sip/endpoint.hpp"
#include "sip/sip_loop.hpp"
#include "sip/sofia.hpp"

namespace mmsgate::sip {

class Caller;

/// A request that has no final answer yet.
struct OpenRequest {
  OpenRequest(Caller& its_caller, Progress its_progress) : caller(its_caller), progress(std::move(its_progress)) {}
  Caller& caller;
  Progress progress;
  bool has_provisional = false;
  std::unique_ptr<nta_outgoing_t, Deleter<nta_outgoing_destroy>> transaction;
};

class Caller {
 public:
  Caller(const Options& options, SipLoop& loop) : options_(options), loop_(loop) {}
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  /// The port that it sends from. transient: there is none.
  [[nodiscard]] Result<std::uint16_t> open();
  void send(const Outgoing& message, Progress progress);

 private:
  static int on_answer(OpenRequest* request, nta_outgoing_t* outgoing, sip_t const* sip);
  [[nodiscard]] nta_outgoing_t* start(const Outgoing& message, OpenRequest* request);

  const Options options_;
  SipLoop& loop_;
  Agent agent_;
  Leg leg_;
  std::unordered_map<OpenRequest*, std::unique_ptr<OpenRequest>> open_;
};

}  // namespace mmsgate::sip
