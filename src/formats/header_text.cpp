// SPDX-License-Identifier: Apache-2.0
#include "formats/header_text.hpp"

#include <algorithm>

namespace mmsgate::formats {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_token_char(char c) {
  const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return plain || (c != '\0' && std::string_view("!#$%&'*+-.^_`{|}~").find(c) != std::string_view::npos);
}

/// Takes a quoted string, whose opening quote is gone already, off `rest`. One that is not closed goes to the end.
std::string take_quoted(std::string_view& rest) {
  std::string value;
  std::size_t at = 0;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    const bool escapes = rest[at] == '\\' && at + 1 < rest.size() && (rest[at + 1] == '"' || rest[at + 1] == '\\');
    if (escapes) ++at;
    value += rest[at];
  }
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return value;
}

std::string take_value(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    return take_quoted(rest);
  }
  const std::string_view value = rest.substr(0, rest.find(';'));
  rest.remove_prefix(value.size());
  return std::string(trim(value));
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_char); }

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<HeaderBlock> take_header_block(std::string_view& rest) {
  HeaderBlock block;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    if (line.empty()) {
      block.blank_line = true;
      break;
    }
    const bool folded = line.starts_with(' ') || line.starts_with('\t');
    if (folded && !block.fields.empty()) {
      block.fields.back().value.append(" ").append(trim(line));
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = trim(line.substr(0, colon));
    if (colon == std::string_view::npos || name.empty()) {
      return fail(ErrorKind::corrupt, "a header line has no name and colon");
    }
    block.fields.push_back({std::string(name), std::string(trim(line.substr(colon + 1)))});
  }
  return block;
}

std::map<std::string, std::string> parse_parameters(std::string_view text) {
  std::map<std::string, std::string> parameters;
  while (!text.empty()) {
    const std::size_t next = text.find_first_of(";=");
    if (next == std::string_view::npos) break;
    const std::string_view name = trim(text.substr(0, next));
    const bool has_value = text[next] == '=';
    text.remove_prefix(next + 1);
    if (!has_value) continue;
    std::string value = take_value(text);
    if (is_token(name)) parameters.try_emplace(lower(name), std::move(value));
  }
  return parameters;
}

}  // namespace mmsgate::formats
