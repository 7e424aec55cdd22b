// SPDX-License-Identifier: Apache-2.0
// The client side: sends requests to the proxy and says what became of them. Lives on the sip thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "sip/endpoint.hpp"
#include "sip/sip_loop.hpp"
#include "sip/sofia.hpp"

namespace mmsgate::sip {

class Caller;

/// A request as it is to go out. Strings as in Outgoing.
struct Call {
  sip_method_t method = sip_method_message;
  const char* method_name = "MESSAGE";
  const Outgoing& message;
  std::uint32_t cseq = 0;  ///< 0: any.
};

/// Each answer, and at last one of 200 and more: 503 when nobody could be reached, 408 when nobody answered. `answer`
/// is null where there is none, and gone after the call.
using Answered = std::move_only_function<void(int status, const sip_t* answer)>;

/// A request that has no final answer yet.
struct OpenRequest {
  OpenRequest(Caller& its_caller, Answered its_answered) : caller(its_caller), answered(std::move(its_answered)) {}
  Caller& caller;
  Answered answered;
  std::unique_ptr<nta_outgoing_t, Deleter<nta_outgoing_destroy>> transaction;
};

class Caller {
 public:
  Caller(const Options& options, SipLoop& loop) : options_(options), loop_(loop) {}
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  struct Ports {
    std::uint16_t plain = 0;
    std::uint16_t tls = 0;  ///< 0: none.
  };
  /// The ports that it sends from. transient: they cannot be had.
  [[nodiscard]] Result<Ports> open();
  /// Whole messages are traced from now on, or no more.
  void follow_trace();
  void send(const Outgoing& message, Progress progress);
  /// What cannot be sent is answered before it returns: 400, and 503 when the route is none. The phrase says why.
  void send(const Call& call, Answered answered, const std::function<void(int, std::string)>& refused);

 private:
  static int on_answer(OpenRequest* request, nta_outgoing_t* outgoing, sip_t const* sip);
  [[nodiscard]] Result<std::uint16_t> open_tls(const TlsOut& tls);
  [[nodiscard]] nta_outgoing_t* start(const Call& call, OpenRequest* request);

  const Options options_;
  SipLoop& loop_;
  Agent agent_;
  Leg leg_;
  std::unordered_map<OpenRequest*, std::unique_ptr<OpenRequest>> open_;
};

/// The reason phrase of an answer, or the usual one of the status.
[[nodiscard]] std::string phrase_of(int status, const sip_t* answer);

}  // namespace mmsgate::sip
