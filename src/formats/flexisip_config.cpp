// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_config.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::string_view kPushSection = "module::PushNotification";
constexpr std::string_view kFirebaseKeys = "firebase-service-accounts";

using Keys = std::map<std::string, std::string>;

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The first word; empty: there is none.
std::string_view word(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\v\f";
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  return text.substr(0, text.find_first_of(kSpaces));
}

/// Adds the pairs of a value. False: one is none.
bool add_pairs(std::string_view value, Keys& keys) {
  for (const std::string_view pair : flexisip_items(value)) {
    const auto colon = pair.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon + 1 == pair.size() || !is_utf8(pair)) return false;
    keys.insert_or_assign(std::string(pair.substr(0, colon)), std::string(pair.substr(colon + 1)));
  }
  return true;
}

class Reader {
 public:
  void take(std::string_view line, int number) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.starts_with('#')) return;
    if (line.starts_with('[')) return begin_section(line.substr(1), number);
    const auto sign = line.find('=');
    if (sign == std::string_view::npos || section_.empty()) return;
    const std::string_view key = word(line.substr(0, sign));
    const std::string_view value = without_blanks(line.substr(sign + 1));
    if (key.empty() || value.empty()) return;
    config_.settings.push_back({section_, std::string(key), std::string(value), number});
  }

  FlexisipConfig result() && { return std::move(config_); }

 private:
  void begin_section(std::string_view rest, int number) {
    const auto end = rest.find(']');
    const std::string_view name = end == std::string_view::npos ? std::string_view() : word(rest.substr(0, end));
    if (name.empty()) return;
    section_ = name;
    config_.sections.insert_or_assign(lower(name), number);
  }

  FlexisipConfig config_;
  std::string section_;
};

}  // namespace

std::vector<const FlexisipSetting*> FlexisipConfig::all(std::string_view section, std::string_view key) const {
  std::vector<const FlexisipSetting*> found;
  for (const FlexisipSetting& each : settings) {
    if (lower(each.section) == lower(section) && lower(each.key) == lower(key)) found.push_back(&each);
  }
  return found;
}

int FlexisipConfig::line_of(std::string_view section) const {
  const auto found = sections.find(lower(section));
  return found == sections.end() ? 0 : found->second;
}

FlexisipConfig parse_flexisip_config(std::string_view text) {
  Reader reader;
  for (int number = 1; !text.empty(); ++number) {
    // Only the line feed ends a line: a carriage return before it is part of the value, and Flexisip stumbles over it.
    const auto end = text.find('\n');
    reader.take(text.substr(0, end), number);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return std::move(reader).result();
}

std::vector<std::string_view> flexisip_items(std::string_view value) {
  constexpr std::string_view kBetween = " ,\t\r\n";
  std::vector<std::string_view> items;
  for (;;) {
    value.remove_prefix(std::min(value.find_first_not_of(kBetween), value.size()));
    if (value.empty()) return items;
    const auto end = std::min(value.find_first_of(kBetween), value.size());
    items.push_back(value.substr(0, end));
    value.remove_prefix(end);
  }
}

Result<Keys> parse_firebase_keys(std::string_view text) {
  Keys keys;
  const FlexisipConfig config = parse_flexisip_config(text);
  const auto found = config.all(kPushSection, kFirebaseKeys);
  if (found.empty()) return keys;
  if (!add_pairs(found.back()->value, keys)) {
    return fail(ErrorKind::rejected, fmt::format("line {}: [{}] {} must be pairs of PROJECT-NUMBER:FILE",
                                                 found.back()->line, kPushSection, kFirebaseKeys));
  }
  return keys;
}

}  // namespace mmsgate::formats
