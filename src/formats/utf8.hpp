// SPDX-License-Identifier: Apache-2.0
// UTF-8 as it must be before it is stored, shown or put into XML and JSON. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mmsgate::formats {

/// U+FFFD, which stands for what could not be read.
inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};

/// The code point that `text` begins with. nullopt: it is empty, or its first byte begins nothing that is well-formed
/// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] std::optional<CodePoint> first_code_point(std::string_view text);

void append_code_point(std::string& out, char32_t value);

[[nodiscard]] bool is_utf8(std::string_view text);

/// The same text with U+FFFD for each byte that is not part of well-formed UTF-8, and for NUL.
[[nodiscard]] std::string mend_utf8(std::string_view text);

[[nodiscard]] std::string latin1_to_utf8(std::string_view latin1);

/// The longest beginning of valid UTF-8 that has at most `most` bytes and cuts no code point.
[[nodiscard]] std::string_view cut_utf8(std::string_view utf8, std::size_t most);

}  // namespace mmsgate::formats
