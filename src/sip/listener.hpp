// SPDX-License-Identifier: Apache-2.0
// The server side: takes requests off the wire, refuses what is not for us, hands MESSAGEs to the receiver, and
// answers. Lives on the sip thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include "sip/callers.hpp"
#include "sip/connections.hpp"
#include "sip/datagrams.hpp"
#include "sip/endpoint.hpp"
#include "sip/sip_loop.hpp"
#include "sip/sofia.hpp"

namespace mmsgate::sip {

class Listener {
 public:
  /// `is_ours` tells whether an address and port in a Via are this gateway's: then the request has been here before.
  Listener(const Options& options, Receiver& receiver, SipLoop& loop,
           std::function<bool(std::string_view, std::string_view)> is_ours);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The port that it has. rejected: no IP address. transient: the address or the port cannot be had.
  [[nodiscard]] Result<std::uint16_t> open();
  /// After open(), the same for TLS, with its port. Who connects is not asked who he is. transient: it cannot be had.
  [[nodiscard]] Result<std::uint16_t> open_tls(const Tls& tls);
  /// After open(). What comes to this port is not for us to answer; it has the same limits.
  void watch(std::uint16_t port);
  void drain() { draining_ = true; }
  /// Whole messages are traced from now on, or no more.
  void follow_trace();

 private:
  static int on_request(Listener* self, nta_leg_t* leg, nta_incoming_t* incoming, sip_t const* sip);
  [[nodiscard]] int handle(nta_incoming_t* incoming, const sip_t& sip);
  void take_message(nta_incoming_t* incoming, const sip_t& sip);
  void take_options(nta_incoming_t* incoming, const sip_t& sip);
  /// A request that is refused by what stands in its headers: answered here.
  [[nodiscard]] bool refuse(nta_incoming_t* incoming, const sip_t& sip);
  void answer(nta_incoming_t* incoming, int status, const char* phrase, const char* headers = nullptr);
  [[nodiscard]] Responder make_responder(nta_incoming_t* incoming);

  const Options options_;
  Callers callers_;
  Receiver& receiver_;
  SipLoop& loop_;
  std::function<bool(std::string_view, std::string_view)> is_ours_;
  Agent agent_;
  Leg leg_;
  std::optional<Connections> connections_;  ///< From open() on.
  Datagrams datagrams_;
  /// Requests that the receiver has not answered yet, by a number that is never used again.
  std::map<std::uint64_t, nta_incoming_t*> open_;
  std::uint64_t next_ = 0;
  bool draining_ = false;
  /// Gone before all else of this: answers that come late find nobody.
  std::shared_ptr<void> alive_ = std::make_shared<char>();
};

}  // namespace mmsgate::sip
