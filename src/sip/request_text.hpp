// SPDX-License-Identifier: Apache-2.0
// From the stack's parsed request to ours. On the sip thread; copies everything.
#pragma once

#include <string>

#include "core/error.hpp"
#include "sip/endpoint.hpp"
#include "sip/sofia.hpp"

namespace mmsgate::sip {

/// A null pointer is empty text.
[[nodiscard]] inline std::string text(const char* s) { return s == nullptr ? std::string() : std::string(s); }

/// The Content-Type with its parameters; empty: none.
[[nodiscard]] std::string content_type_of(const sip_t& sip);

/// The body with Content-Encoding undone. rejected: an encoding that is not taken (415). limit: too large (413).
/// corrupt: 400.
[[nodiscard]] Result<std::string> body_of(const sip_t& sip, const Options& options);

struct Source {
  std::string address;  ///< Empty: nobody knows.
  std::uint16_t port = 0;
  bool is_connected = false;  ///< By TCP or TLS.
};
[[nodiscard]] Source source_of(nta_incoming_t* incoming);

/// Everything but the body.
[[nodiscard]] Request request_of(const sip_t& sip, nta_incoming_t* incoming);

/// What whoever asks wants us to understand (Require, RFC 3261 8.2.2.3): there is no extension that we do. As the value
/// of a header, and not without end. Empty: nothing.
[[nodiscard]] std::string required_of(const sip_t& sip);

/// The value of a header that the stack does not know; empty: not there.
[[nodiscard]] std::string header_of(const sip_t& sip, std::string_view name);

}  // namespace mmsgate::sip
