// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_routes.hpp"

#include <algorithm>
#include <charconv>

#include "formats/contact_uri.hpp"
#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::string_view kSpaces = " \t\r\v\f";

std::string_view stripped(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

/// Blanks outside of quotes become one; those at the ends go.
std::string with_single_blanks(std::string_view text) {
  std::string out;
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '\'') is_quoted = !is_quoted;
    const bool is_blank = !is_quoted && (kSpaces.find(c) != std::string_view::npos || c == '\n');
    if (!is_blank) out += c;
    if (is_blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  while (!out.empty() && kSpaces.find(out.back()) != std::string_view::npos) out.pop_back();
  return out;
}

/// Where `sign` stands first outside of quotes and parentheses; npos: nowhere. Of a text that begins with a bracket,
/// ")" is the one that closes it.
std::size_t find_outside(std::string_view text, std::string_view sign) {
  bool is_quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth == 0 && text.substr(i).starts_with(sign)) return i;
  }
  return std::string_view::npos;
}

std::string_view without_parentheses(std::string_view text) {
  text = trim(text);
  while (text.starts_with('(') && find_outside(text, ")") == text.size() - 1)
    text = trim(text.substr(1, text.size() - 2));
  return text;
}

/// One spelling of what Flexisip takes for the same: it compares a regex with the whole text, so ^ and $ say nothing.
std::string spelled(std::string_view conjunct) {
  std::string text = with_single_blanks(conjunct);
  for (const std::string_view name : {" regexp ", " regex "}) {
    const auto at = text.find(std::string(name) + "'");
    if (at == std::string::npos || !text.ends_with('\'')) continue;
    std::string_view pattern = std::string_view(text).substr(at + name.size() + 1);
    pattern.remove_suffix(pattern.empty() ? 0 : 1);
    if (pattern.starts_with('^')) pattern.remove_prefix(1);
    if (pattern.ends_with('$') && !pattern.ends_with("\\$")) pattern.remove_suffix(1);
    return text.substr(0, at) + " regex '" + std::string(pattern) + "'";
  }
  return text;
}

bool is_always(std::string_view condition) { return condition.empty() || condition == "*" || condition == "true"; }

void add_conjuncts(std::string_view condition, std::set<std::string>& found) {
  condition = without_parentheses(condition);
  if (is_always(condition)) return;
  // || binds less than &&: where one is outside of parentheses, the condition is one piece.
  const auto at =
      find_outside(condition, "||") == std::string_view::npos ? find_outside(condition, "&&") : std::string_view::npos;
  if (at == std::string_view::npos) {
    found.insert(spelled(condition));
    return;
  }
  add_conjuncts(condition.substr(0, at), found);
  add_conjuncts(condition.substr(at + 2), found);
}

}  // namespace

std::vector<FlexisipRoute> parse_flexisip_routes(std::string_view text) {
  std::vector<FlexisipRoute> routes;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    line = line.substr(0, line.find('#'));
    const bool goes_on = !line.empty() && kSpaces.find(line.front()) != std::string_view::npos && !routes.empty();
    if (stripped(line).empty()) continue;
    if (goes_on) {
      routes.back().condition = with_single_blanks(routes.back().condition + " " + std::string(line));
      continue;
    }
    line = stripped(line);
    const auto blank = std::min(line.find_first_of(kSpaces), line.size());
    routes.push_back({std::string(line.substr(0, blank)), with_single_blanks(line.substr(blank)), number});
  }
  return routes;
}

std::set<std::string> conjuncts(std::string_view condition) {
  std::set<std::string> found;
  add_conjuncts(condition, found);
  return found;
}

std::vector<std::set<std::string>> alternatives(std::string_view condition) {
  condition = without_parentheses(condition);
  const auto at = find_outside(condition, "||");
  if (at == std::string_view::npos) return {conjuncts(condition)};
  auto found = alternatives(condition.substr(0, at));
  for (auto& each : alternatives(condition.substr(at + 2))) found.push_back(std::move(each));
  return found;
}

SipPlace sip_place(std::string_view uri) {
  uri = trim(uri);
  if (uri.starts_with('<') && uri.ends_with('>')) uri = uri.substr(1, uri.size() - 2);
  SipPlace place;
  const auto colon = uri.find(':');
  const std::string scheme = colon == std::string_view::npos ? "" : lower(uri.substr(0, colon));
  if (scheme != "sip" && scheme != "sips") return place;
  place.transport = lower(uri_parameter(uri, "transport"));
  place.is_tls = scheme == "sips" || place.transport == "tls";
  std::string_view host = uri.substr(colon + 1);
  host = host.substr(0, host.find_first_of(";?"));
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  std::string_view port;
  const auto bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  if (const auto sign = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
      sign != std::string_view::npos) {
    port = host.substr(sign + 1);
    host = host.substr(0, sign);
  }
  if (bracket != std::string_view::npos) host = host.substr(1, bracket - 1);
  constexpr std::uint16_t kSip = 5060;
  constexpr std::uint16_t kSips = 5061;
  place.port = place.is_tls ? kSips : kSip;
  if (!port.empty()) {
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size()) return place;
    place.port = number;
  }
  place.host = lower(host);
  return place;
}

}  // namespace mmsgate::formats
