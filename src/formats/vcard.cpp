// SPDX-License-Identifier: Apache-2.0
#include "formats/vcard.hpp"

#include <string_view>

#include <fmt/format.h>

#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

/// RFC 6350 3.4. No control character may stand there.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : mend_utf8(text)) {
    if (c == '\\' || c == ',' || c == ';') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return out;
}

}  // namespace

std::string write_vcards(const std::vector<Contact>& contacts) {
  std::string cards;
  for (const Contact& each : contacts) {
    cards += fmt::format("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{}\r\nIMPP:{}\r\nEND:VCARD\r\n", escaped(each.name),
                         each.address);
  }
  return cards;
}

}  // namespace mmsgate::formats
