// SPDX-License-Identifier: Apache-2.0
#include "formats/carrier_message.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "formats/header_text.hpp"
#include "formats/lenient_json.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::size_t kMost = 64;
constexpr std::size_t kLongestId = 64;

Result<CarrierMessage> checked(CarrierMessage message) {
  if (message.id.empty() || message.id == "0") return fail(ErrorKind::rejected, "the message has no id");
  if (message.id.size() > kLongestId) return fail(ErrorKind::rejected, "the message's id is longer than 64 characters");
  if (message.from.empty()) return fail(ErrorKind::rejected, "the message has no from");
  if (message.to.empty()) return fail(ErrorKind::rejected, "the message has no to");
  if (message.to.size() > kMost) return fail(ErrorKind::rejected, "the message has more than 64 numbers in to");
  if (message.media_urls.size() > kMost) return fail(ErrorKind::rejected, "the message has more than 64 media");
  return message;
}

/// A list may stand where one number is meant.
std::string first_of(std::vector<std::string> words) {
  return words.empty() ? std::string() : std::move(words.front());
}

using Query = std::map<std::string, std::string>;

/// The first of the names that has a value. "{ID}" is a place-holder that nobody filled in.
std::string query_value(const Query& query, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const auto it = query.find(std::string(name));
    if (it == query.end()) continue;
    const std::string_view value = trim(it->second);
    const bool unfilled = value.starts_with('{') && value.ends_with('}') && is_token(value);
    if (!value.empty() && !unfilled) return mend_utf8(value);
  }
  return {};
}

/// Blanks separate URLs, and commas do; a comma that no further URL follows belongs to its URL.
std::vector<std::string> split_urls(std::string_view text) {
  std::vector<std::string> urls;
  while (!(text = trim(text)).empty()) {
    std::size_t end = 0;
    while (end < text.size() && std::string_view(" \t\r\n").find(text[end]) == std::string_view::npos) {
      if (text[end] == ',' && (end + 1 == text.size() || lower(text.substr(end + 1, 4)) == "http")) break;
      ++end;
    }
    std::string_view url = text.substr(0, end);
    while (url.ends_with(',')) url.remove_suffix(1);
    if (!url.empty()) urls.emplace_back(url);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return urls;
}

std::vector<std::string> split_numbers(std::string_view text) {
  std::vector<std::string> numbers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (const auto number = trim(text.substr(0, end)); !number.empty()) numbers.emplace_back(number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return numbers;
}

/// FNV-1a, which is the same in every build and on every machine.
std::uint64_t hash_of(std::initializer_list<std::string_view> texts) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3U; };
  for (const std::string_view text : texts) {
    for (const char c : text) add(static_cast<unsigned char>(c));
    add(0);
  }
  return hash;
}

}  // namespace

Result<CarrierMessage> parse_webhook(std::string_view json) {
  const auto root = parse_json(json);
  if (!root) return std::unexpected(root.error());
  const Json& outer = field_of(*root, "data");
  const Json& event = outer.is_object() ? outer : *root;
  const Json& inner = field_of(event, "payload");
  const Json& message = inner.is_object() ? inner : event;
  CarrierMessage read;
  read.id = word_of(message, "id");
  if (read.id.empty()) read.id = word_of(event, "id");
  read.from = first_of(words_of(field_of(message, "from"), "phone_number"));
  read.to = words_of(field_of(message, "to"), "phone_number");
  read.text = text_of(message, "text");
  read.media_urls = words_of(field_of(message, "media"), "url");
  read.event_type = word_of(event, "event_type");
  if (read.event_type.empty()) read.event_type = word_of(*root, "event_type");
  return checked(std::move(read));
}

Result<CarrierMessage> parse_callback(const Query& query) {
  Query lowered;
  for (const auto& [name, value] : query) lowered.try_emplace(lower(name), value);
  CarrierMessage read;
  read.id = query_value(lowered, {"id"});
  read.from = query_value(lowered, {"from"});
  const std::string to = query_value(lowered, {"to"});
  read.to = split_numbers(to);
  const std::string media = query_value(lowered, {"media", "files"});
  read.media_urls = split_urls(media);
  if (const auto text = lowered.find("message"); text != lowered.end()) read.text = mend_utf8(text->second);
  if (read.id.empty()) {
    const std::string when = query_value(lowered, {"timestamp", "date"});
    // Without a time, the second "ok" of a person would be taken for a repeat of the first, and be lost.
    if (when.empty()) return fail(ErrorKind::rejected, "the message has no id and no timestamp");
    read.id = fmt::format("made-{:016x}", hash_of({read.from, to, read.text, media, when}));
  }
  return checked(std::move(read));
}

}  // namespace mmsgate::formats
