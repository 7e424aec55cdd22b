// SPDX-License-Identifier: Apache-2.0
#include "formats/printable.hpp"

#include <algorithm>

#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029; }
bool turns_round(char32_t c) {
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

std::string printable(std::string_view text) {
  const std::string mended = mend_utf8(text);
  std::string out;
  std::string_view rest = mended;
  while (const auto c = first_code_point(rest)) {
    if (is_control(c->value) || turns_round(c->value)) {
      out += '?';
    } else {
      out += rest.substr(0, c->bytes);
    }
    rest.remove_prefix(c->bytes);
  }
  return out;
}

std::string printable_ascii(std::string_view text, std::size_t most) {
  std::string out(text.substr(0, most));
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace mmsgate::formats
