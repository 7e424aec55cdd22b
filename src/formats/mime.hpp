// SPDX-License-Identifier: Apache-2.0
// Content-Type values and multipart bodies (RFC 2045, RFC 2046) as they stand in SIP messages. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::formats {

struct ContentType {
  std::string type;                               ///< Lower case, without parameters: "multipart/mixed".
  std::map<std::string, std::string> parameters;  ///< Names in lower case, values unquoted.
};

/// Lenient: what cannot be read as type/subtype has an empty `type`.
[[nodiscard]] ContentType parse_content_type(std::string_view value);

struct BodyPart {
  std::string content_type;  ///< With parameters; "text/plain" when the part names none (RFC 2046 5.1).
  std::map<std::string, std::string> headers;  ///< The others; names in lower case.
  std::string body;
};

/// Takes CRLF and bare LF, a preamble and an epilogue. corrupt: no boundary in it, or no closing one, no part or more
/// than 64, or a part whose headers cannot be read.
[[nodiscard]] Result<std::vector<BodyPart>> parse_multipart(std::string_view body, std::string_view boundary);

/// The boundary must not occur in any part; make one from a random id.
[[nodiscard]] std::string write_multipart(const std::vector<BodyPart>& parts, std::string_view boundary);

}  // namespace mmsgate::formats
