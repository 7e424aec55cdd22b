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
  Caller& caller;
  Progress progress;
  bool has_provisional = false;
};

class Caller {
 public:
  Caller(const Options& options, SipLoop& loop) : options_(options), loop_(loop) {}
  ~Caller();
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  [[nodiscard]] Result<bool> open(std::uint16_t port);
  void send(const Outgoing& message, Progress progress);

 private:
  static int on_answer(OpenRequest* request, nta_outgoing_t* outgoing, sip_t const* sip);
  [[nodiscard]] nta_outgoing_t* start(const Outgoing& message, OpenRequest* request);

  const Options options_;
  SipLoop& loop_;
  Agent agent_;
  Leg leg_;
  std::unordered_map<nta_outgoing_t*, std::unique_ptr<OpenRequest>> open_;
  std::uint64_t next_tag_ = 0;
};

}  // namespace mmsgate::sip
