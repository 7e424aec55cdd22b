// SPDX-License-Identifier: Apache-2.0
// The SIP stack's headers, with the types that its call-backs hand back to us, and owners for what it gives us.
// Included in this room's .cpp files and private headers only.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace mmsgate::sip {
class Listener;
struct OpenRequest;
class PopRegistration;
class SipLoop;
class Watch;
}  // namespace mmsgate::sip

// The stack takes the types of its context pointers from macros that must stand before its headers.
#define SU_ROOT_MAGIC_T mmsgate::sip::SipLoop
#define SU_WAKEUP_ARG_T mmsgate::sip::Watch
#define SU_TIMER_ARG_T mmsgate::sip::PopRegistration
#define NTA_LEG_MAGIC_T mmsgate::sip::Listener
#define NTA_OUTGOING_MAGIC_T mmsgate::sip::OpenRequest

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_string.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url_tag.h>

#include "core/freed_by.hpp"

namespace mmsgate::sip {

template <auto Function>
using Deleter = FreedBy<Function>;
using Root = std::unique_ptr<su_root_t, Deleter<su_root_destroy>>;
using Agent = std::unique_ptr<nta_agent_t, Deleter<nta_agent_destroy>>;
using Leg = std::unique_ptr<nta_leg_t, Deleter<nta_leg_destroy>>;

/// Where the agent takes requests, the same for UDP and TCP.
[[nodiscard]] inline std::uint16_t port_of(nta_agent_t* agent) {
  return static_cast<std::uint16_t>(std::strtoul(sip_via_port(nta_agent_via(agent), nullptr), nullptr, 10));
}

/// ... over TLS. 0: it does not.
[[nodiscard]] inline std::uint16_t tls_port_of(nta_agent_t* agent) {
  for (const sip_via_t* via = nta_agent_via(agent); via != nullptr; via = via->v_next) {
    if (su_casematch(via->v_protocol, sip_transport_tls) == 0) continue;
    return static_cast<std::uint16_t>(std::strtoul(sip_via_port(via, nullptr), nullptr, 10));
  }
  return 0;
}

}  // namespace mmsgate::sip
