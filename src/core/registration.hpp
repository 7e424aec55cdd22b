// SPDX-License-Identifier: Apache-2.0
// A phone's registration, as whoever keeps it tells us. Plain values; any thread.
#pragma once

#include <optional>
#include <string>

#include "core/time.hpp"

namespace mmsgate {

/// How a phone that sleeps is woken (RFC 8599). All three were said by the phone, percent signs decoded; none begins
/// with '-' or has a control character.
struct PushTarget {
  std::string provider;  ///< "fcm", "apns"
  std::string param;     ///< The application: Firebase's project.
  std::string prid;      ///< The phone.

  bool operator==(const PushTarget&) const = default;
};

struct Registration {
  std::string account;
  std::string domain;
  std::string device;                   ///< Tells the devices of an account apart, also when they register anew.
  std::optional<TimePoint> expires_at;  ///< Nothing: never.
  std::string user_agent;               ///< As it came: not fit for a terminal.
  std::string transport;                ///< "udp", "tcp", "tls", ...; of letters alone.
  std::optional<PushTarget> push;
  std::string no_push;  ///< Why what it said of push is of no use; empty: it said nothing, or it is.

  bool operator==(const Registration&) const = default;
};

[[nodiscard]] inline bool is_over(const Registration& one, TimePoint now) {
  return one.expires_at && *one.expires_at <= now;
}

}  // namespace mmsgate
