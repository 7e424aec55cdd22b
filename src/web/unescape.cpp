// SPDX-License-Identifier: Apache-2.0
#include "web/unescape.hpp"

#include <charconv>
#include <cstring>
#include <system_error>

namespace mmsgate::web {

std::size_t unescape(char* text) {
  const std::size_t size = std::strlen(text);
  char* to = text;
  for (const char* from = text; from < text + size; ++from) {
    unsigned char byte = 0;
    const bool is_code =
        *from == '%' && text + size - from > 2 && std::from_chars(from + 1, from + 3, byte, 16).ptr == from + 3;
    const bool is_decoded = is_code && byte != 0;
    *to++ = is_decoded ? static_cast<char>(byte) : *from;
    if (is_decoded) from += 2;
  }
  *to = '\0';
  return static_cast<std::size_t>(to - text);
}

std::string unescaped(std::string text) {
  text.resize(unescape(text.data()));
  return text;
}

}  // namespace mmsgate::web
