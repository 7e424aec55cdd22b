// SPDX-License-Identifier: Apache-2.0
// Common Presence and Instant Messaging wrappers (RFC 3862), type message/cpim. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::formats {

struct Cpim {
  std::string from;  ///< As it stands: `"Bob" <sip:bob@example.org>`.
  std::string to;
  std::string message_id;  ///< imdn.Message-ID (whatever prefix the NS header gives urn:ietf:params:imdn); empty: none.
  std::string content_type;  ///< Of what is inside, with parameters; text/plain when missing.
  std::string body;
};

/// Takes CRLF and bare LF. corrupt: no message headers, or no content headers behind the blank line. rejected: content
/// in a transfer encoding (7bit, 8bit and binary are none).
[[nodiscard]] Result<Cpim> parse_cpim(std::string_view text);

}  // namespace mmsgate::formats
