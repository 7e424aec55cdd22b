// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_config.hpp"

#include <fmt/format.h>

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::string_view kSection = "module::PushNotification";
constexpr std::string_view kOption = "firebase-service-accounts";

using Keys = std::map<std::string, std::string>;

/// Adds the pairs of one line. False: one is none.
bool add_pairs(std::string_view value, Keys& keys) {
  while (!(value = trim(value)).empty()) {
    const std::string_view pair = value.substr(0, value.find_first_of(" \t"));
    value.remove_prefix(pair.size());
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == pair.size() || !is_utf8(pair)) return false;
    keys.insert_or_assign(std::string(pair.substr(0, colon)), std::string(pair.substr(colon + 1)));
  }
  return true;
}

/// The name in "[name]"; empty: this is no section's head.
std::string_view section_of(std::string_view line) {
  if (!line.starts_with('[')) return {};
  const auto end = line.find(']');
  return end == std::string_view::npos ? std::string_view() : trim(line.substr(1, end - 1));
}

}  // namespace

Result<Keys> parse_firebase_keys(std::string_view text) {
  Keys keys;
  bool is_our_section = false;
  bool goes_on = false;  // the line before belongs to the option and ends with a backslash
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = trim(take_line(text));
    if (!goes_on && (line.empty() || line.starts_with('#') || line.starts_with(';'))) continue;
    if (!goes_on) {
      if (const std::string_view section = section_of(line); !section.empty()) {
        is_our_section = section == kSection;
        continue;
      }
      const auto sign = line.find('=');
      if (!is_our_section || sign == std::string_view::npos || trim(line.substr(0, sign)) != kOption) continue;
      line = trim(line.substr(sign + 1));
      keys.clear();
    }
    goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    if (!add_pairs(line, keys)) {
      return fail(ErrorKind::rejected,
                  fmt::format("line {}: [{}] {} must be pairs of PROJECT:FILE", number, kSection, kOption));
    }
  }
  return keys;
}

}  // namespace mmsgate::formats
