// SPDX-License-Identifier: Apache-2.0
// What the header blocks of MIME, CPIM and HTTP have in common: lines, names, parameters. For this room only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::formats {

[[nodiscard]] std::string lower(std::string_view text);  // ASCII
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] bool is_token(std::string_view text);  ///< RFC 2045 5.1, RFC 9110 5.6.2.

/// Takes one line off `rest` and gives it without its CRLF or LF.
std::string_view take_line(std::string_view& rest);

struct HeaderField {
  std::string name;   ///< As written.
  std::string value;  ///< Trimmed, unfolded.
};

/// Takes a header block and the blank line behind it off `rest`. The end of the text ends it too: then `blank_line` is
/// false.
struct HeaderBlock {
  std::vector<HeaderField> fields;
  bool blank_line = false;
};
/// corrupt: a line that has no name before a colon.
[[nodiscard]] Result<HeaderBlock> take_header_block(std::string_view& rest);

/// `; name=value; name="quoted \" value"` after a Content-Type or a disposition. Names in lower case; the first of two
/// with one name counts. A backslash in quotes that stands before anything but a quote or another backslash is itself:
/// some clients write Windows paths there.
[[nodiscard]] std::map<std::string, std::string> parse_parameters(std::string_view text);

}  // namespace mmsgate::formats
