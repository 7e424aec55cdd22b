// SPDX-License-Identifier: Apache-2.0
#include "ops/host_port.hpp"

#include <algorithm>
#include <cctype>

#include "ops/options.hpp"

namespace mmsgate::ops {

std::optional<HostPort> host_port(std::string_view text, std::uint16_t fallback) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    if (end + 1 < text.size() && text[end + 1] != ':') return std::nullopt;
    if (end + 1 < text.size()) port = text.substr(end + 2);
  } else if (const auto colon = text.find(':');
             colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (port.empty()) return std::nullopt;
  }
  if (host.empty()) return std::nullopt;
  if (port.empty()) return HostPort{std::string(host), fallback};
  static constexpr Option kPort{.form = Form::port};
  if (!check(kPort, port)) return std::nullopt;
  return HostPort{std::string(host), static_cast<std::uint16_t>(std::stoi(std::string(port)))};
}

bool is_host(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

bool is_name(std::string_view text) { return is_host(text) && text.find(':') == std::string_view::npos; }

}  // namespace mmsgate::ops
