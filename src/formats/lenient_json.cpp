// SPDX-License-Identifier: Apache-2.0
#include "formats/lenient_json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr int kDeepest = 32;
constexpr std::size_t kEscapeSize = 6;  // \u0000

/// The code unit of the escape \uXXXX that `text` begins with; 0: none.
unsigned code_unit(std::string_view text) {
  if (text.size() < kEscapeSize || !text.starts_with("\\u")) return 0;
  unsigned unit = 0;
  const char* end = text.data() + kEscapeSize;
  return std::from_chars(text.data() + 2, end, unit, 16).ptr == end ? unit : 0;
}

bool is_high(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// A text that was cut within an emoji has half a pair, which the parser would refuse with all the rest.
void mend_surrogates(std::string& json) {
  std::string_view rest = json;
  while ((rest.remove_prefix(std::min(rest.find('\\'), rest.size())), !rest.empty())) {
    const unsigned unit = code_unit(rest);
    if (is_high(unit) && is_low(code_unit(rest.substr(kEscapeSize)))) {
      rest.remove_prefix(2 * kEscapeSize);
    } else if (is_high(unit) || is_low(unit)) {
      json.replace(static_cast<std::size_t>(rest.data() - json.data()), kEscapeSize, "\\uFFFD");
      rest.remove_prefix(kEscapeSize);
    } else {
      rest.remove_prefix(std::min<std::size_t>(2, rest.size()));
    }
  }
}

std::string digits_of(double number) {
  constexpr double kExact = 9007199254740992.0;  // 2^53: below it every whole number has a double of its own
  if (std::trunc(number) == number && std::abs(number) < kExact) return std::to_string(static_cast<long long>(number));
  return Json(number).dump();
}

bool is_list_of_php(const Json& value) {
  const auto is_number = [](const std::string& key) {
    return key.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!value.is_object() || value.empty()) return false;
  return std::ranges::all_of(value.items(), [&](const auto& member) { return is_number(member.key()); });
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  std::string mended = mend_utf8(text);
  mend_surrogates(mended);
  bool too_deep = false;
  // The parser itself needs no stack for depth; what is too deep is dropped as it is read, so that no tree grows
  // either.
  const auto keep = [&](int around, Json::parse_event_t event, const Json&) {
    const bool opens = event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    too_deep = too_deep || (opens && around >= kDeepest);
    return !too_deep;
  };
  Json json = Json::parse(mended, keep, /*allow_exceptions=*/false);
  if (too_deep) return fail(ErrorKind::corrupt, "the JSON is nested deeper than 32 levels");
  if (json.is_discarded()) return fail(ErrorKind::corrupt, "this is not JSON");
  return json;
}

const Json& field_of(const Json& object, const char* name) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto it = object.find(name);
  return it == object.end() ? kNull : *it;
}

std::string word_of(const Json& value) {
  if (value.is_string()) return std::string(trim(value.get_ref<const std::string&>()));
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  if (value.is_number_float()) return digits_of(value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? "1" : "0";
  return {};
}

std::string word_of(const Json& object, const char* name) { return word_of(field_of(object, name)); }

std::string text_of(const Json& object, const char* name) {
  const Json& value = field_of(object, name);
  return value.is_string() ? value.get<std::string>() : word_of(value);
}

std::vector<const Json*> items_of(const Json& value) {
  if (!value.is_array() && !is_list_of_php(value)) {
    return value.is_null() ? std::vector<const Json*>() : std::vector<const Json*>{&value};
  }
  std::vector<const Json*> items;
  for (const Json& item : value) {
    if (!item.is_null()) items.push_back(&item);
  }
  return items;
}

std::vector<std::string> words_of(const Json& list, const char* name) {
  std::vector<std::string> words;
  for (const Json* item : items_of(list)) {
    std::string word = item->is_object() ? word_of(*item, name) : word_of(*item);
    if (!word.empty()) words.push_back(std::move(word));
  }
  return words;
}

}  // namespace mmsgate::formats
