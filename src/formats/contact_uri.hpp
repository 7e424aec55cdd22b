// SPDX-License-Identifier: Apache-2.0
// The contact URI of a registered phone: whatever the phone wrote. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/registration.hpp"

namespace mmsgate::formats {

/// The value of ";NAME=VALUE" in a SIP URI, as written; names in upper and lower case are one. Empty: there is none.
[[nodiscard]] std::string_view uri_parameter(std::string_view uri, std::string_view name);

/// "udp", "tcp", "tls", ...; "?" for what is no word of letters.
[[nodiscard]] std::string transport_of(std::string_view uri);

/// How to wake the phone: pn-provider, pn-param, pn-prid (RFC 8599), or Linphone's older pn-type, app-id, pn-tok for
/// Firebase. Nothing: it does not say. rejected: it says what must not stand in a command.
[[nodiscard]] Result<std::optional<PushTarget>> push_target_of(std::string_view uri);

/// A registration of `address` ("user@domain", or a user alone, who is then in `otherwise`) but for its times.
[[nodiscard]] Registration registration_of(std::string_view address, std::string_view uri, std::string_view device,
                                           std::string_view otherwise = "");

}  // namespace mmsgate::formats
