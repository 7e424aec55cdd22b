// SPDX-License-Identifier: Apache-2.0
#include "formats/contact_uri.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::size_t kLongest = 4096;  // of a value; Firebase's tokens have some 160 characters

std::string decode_percent(std::string_view text) {
  constexpr std::size_t kEscape = 3;  // %41
  std::string out;
  while (!text.empty()) {
    unsigned value = 0;
    const bool is_escape =
        text[0] == '%' && text.size() >= kEscape &&
        std::from_chars(text.data() + 1, text.data() + kEscape, value, 16).ptr == text.data() + kEscape;
    out += is_escape ? static_cast<char>(value) : text[0];
    text.remove_prefix(is_escape ? kEscape : 1);
  }
  return out;
}

/// A value that may be an argument of a program: what is taken for an option there, or leaves the line, may not.
Result<std::string> argument(std::string_view uri, std::string_view name) {
  std::string value = decode_percent(uri_parameter(uri, name));
  const auto refused = [name](std::string_view why) {
    return fail(ErrorKind::rejected, fmt::format("the phone's {} {}", name, why));
  };
  if (value.empty()) return refused("is missing");
  if (value.size() > kLongest) return refused("is too long");
  if (value.front() == '-') return refused("begins with a dash");
  if (!std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; })) {
    return refused("has characters that do not belong there");
  }
  return value;
}

Result<std::optional<PushTarget>> target(std::string provider, std::string_view uri, std::string_view param,
                                         std::string_view prid) {
  auto application = argument(uri, param);
  if (!application) return std::unexpected(application.error());
  auto phone = argument(uri, prid);
  if (!phone) return std::unexpected(phone.error());
  return PushTarget{std::move(provider), *std::move(application), *std::move(phone)};
}

}  // namespace

std::string_view uri_parameter(std::string_view uri, std::string_view name) {
  uri = uri.substr(0, uri.find_first_of(">?"));
  // What stands before an @ is a user, whatever it looks like.
  if (const auto user = uri.rfind('@'); user != std::string_view::npos) uri.remove_prefix(user + 1);
  for (auto at = uri.find(';'); at != std::string_view::npos; at = uri.find(';', at + 1)) {
    std::string_view rest = uri.substr(at + 1);
    rest = rest.substr(0, rest.find_first_of(";,"));
    const auto sign = rest.find('=');
    if (sign != std::string_view::npos && lower(rest.substr(0, sign)) == name) return rest.substr(sign + 1);
  }
  return {};
}

std::string transport_of(std::string_view uri) {
  constexpr std::size_t kLongestWord = 8;
  std::string word = lower(uri_parameter(uri, "transport"));
  if (lower(uri.substr(0, 5)) == "sips:" && (word.empty() || word == "tcp")) return "tls";
  if (word.empty()) return "udp";
  const bool is_word =
      word.size() <= kLongestWord && std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  return is_word ? word : "?";
}

Result<std::optional<PushTarget>> push_target_of(std::string_view uri) {
  if (!uri_parameter(uri, "pn-provider").empty()) {
    auto provider = argument(uri, "pn-provider");
    if (!provider) return std::unexpected(provider.error());
    return target(lower(*provider), uri, "pn-param", "pn-prid");
  }
  const std::string type = lower(uri_parameter(uri, "pn-type"));
  if (type.empty()) return std::nullopt;
  if (type == "firebase" || type == "google") return target("fcm", uri, "app-id", "pn-tok");
  return fail(ErrorKind::rejected, "the phone's older push parameters are read for Firebase only");
}

Registration registration_of(std::string_view address, std::string_view uri, std::string_view device,
                             std::string_view otherwise) {
  const auto at = address.rfind('@');
  const bool has_domain = at != std::string_view::npos;
  Registration one{.account = std::string(address.substr(0, at)),
                   .domain = std::string(has_domain ? address.substr(at + 1) : otherwise),
                   .device = std::string(device.empty() ? uri : device),
                   .transport = transport_of(uri)};
  auto push = push_target_of(uri);
  if (push) {
    one.push = *std::move(push);
  } else {
    one.no_push = push.error().detail;
  }
  return one;
}

}  // namespace mmsgate::formats
