// SPDX-License-Identifier: Apache-2.0
#include "formats/forwarded.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

enum class Quotes { mean_nothing, hold_together };

/// Split at `separator`, but for those in quotes (RFC 9110 5.6.4) where there are any.
std::vector<std::string_view> split(std::string_view text, char separator, Quotes quotes) {
  std::vector<std::string_view> pieces;
  bool is_quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted && text[i] == '\\') {
      ++i;  // whatever it is, it ends nothing
    } else if (text[i] == '"' && quotes == Quotes::hold_together) {
      is_quoted = !is_quoted;
    } else if (text[i] == separator && !is_quoted) {
      pieces.push_back(trim(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  pieces.push_back(trim(text.substr(begin)));
  return pieces;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

bool is_port(std::string_view text) {
  constexpr std::size_t kMostDigits = 5;
  return !text.empty() && text.size() <= kMostDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// An address as proxies write it: alone, "192.0.2.1:8080", "[2001:db8::1]" or "[2001:db8::1]:8080".
std::optional<IpAddress> address_in(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view rest = text.substr(end + 1);
    if (!rest.empty() && !(rest.front() == ':' && is_port(rest.substr(1)))) return std::nullopt;
    return IpAddress::parse(text.substr(1, end - 1));
  }
  const std::size_t colon = text.find(':');
  const bool has_port = colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos;
  if (has_port && !is_port(text.substr(colon + 1))) return std::nullopt;
  return IpAddress::parse(has_port ? text.substr(0, colon) : text);
}

/// The "for" of one element of Forwarded: `for="[2001:db8::1]:4711";proto=https`.
std::optional<IpAddress> for_in(std::string_view element) {
  std::optional<IpAddress> found;
  for (const std::string_view pair : split(element, ';', Quotes::hold_together)) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || lower(pair.substr(0, equals)) != "for") continue;
    if (found) return std::nullopt;  // each name once (RFC 7239 4)
    found = address_in(unquoted(pair.substr(equals + 1)));
    if (!found) return std::nullopt;
  }
  return found;
}

/// Along the entries from the right, as long as proxies of ours have written them.
template <typename Read>
IpAddress walk(IpAddress client, std::span<const IpNetwork> proxies, std::vector<std::string_view> entries, Read read) {
  const auto is_ours = [&](const IpAddress& address) {
    return std::ranges::any_of(proxies, [&](const IpNetwork& network) { return network.has(address); });
  };
  while (is_ours(client) && !entries.empty()) {
    const auto before = read(entries.back());
    if (!before) break;
    client = *before;
    entries.pop_back();
  }
  return client;
}

}  // namespace

IpAddress client_of(const IpAddress& peer, std::span<const IpNetwork> proxies, const ForwardedHeaders& headers) {
  const IpAddress by_x = walk(peer, proxies, split(headers.x_forwarded_for, ',', Quotes::mean_nothing), address_in);
  const IpAddress by_forwarded = walk(peer, proxies, split(headers.forwarded, ',', Quotes::hold_together), for_in);
  if (headers.forwarded.empty()) return by_x;
  if (headers.x_forwarded_for.empty()) return by_forwarded;
  return by_x == by_forwarded ? by_x : peer;
}

}  // namespace mmsgate::formats
