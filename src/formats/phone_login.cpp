// SPDX-License-Identifier: Apache-2.0
#include "formats/phone_login.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::string_view kScheme = "Digest ";
constexpr std::size_t kMostName = 255;  // of an account, a host
constexpr std::size_t kMostWord = 512;  // of anything else

std::unexpected<Error> wrong(const char* what) { return fail(ErrorKind::corrupt, what); }

/// Takes a quoted string (RFC 9110 5.6.4), whose opening quote is gone already, off `rest`. Nothing: it has no end.
std::optional<std::string> take_quoted(std::string_view& rest) {
  std::string value;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    if (rest[at] == '"') {
      rest.remove_prefix(at + 1);
      return value;
    }
    if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
    value += rest[at];
  }
  return std::nullopt;
}

std::optional<std::string> take_value(std::string_view& rest) {
  if (rest.starts_with('"')) {
    rest.remove_prefix(1);
    return take_quoted(rest);
  }
  const std::string_view value = rest.substr(0, rest.find(','));
  rest.remove_prefix(value.size());
  return std::string(trim(value));
}

using Fields = std::map<std::string, std::string>;

/// name=value, with commas between.
Result<Fields> parse_fields(std::string_view rest) {
  Fields fields;
  for (rest = trim(rest); !rest.empty(); rest = trim(rest)) {
    if (rest.starts_with(',')) {  // empty places in a list are nothing (RFC 9110 5.6.1)
      rest.remove_prefix(1);
      continue;
    }
    const auto equals = rest.find('=');
    const std::string_view name = trim(rest.substr(0, equals));
    if (equals == std::string_view::npos || !is_token(name)) return wrong("the login is no list of name=value");
    rest = trim(rest.substr(equals + 1));
    const auto value = take_value(rest);
    if (!value) return wrong("the login has quotes that do not end");
    if (value->size() > kMostWord) return wrong("the login is too long");
    if (!fields.emplace(lower(name), *value).second) return wrong("the login says the same thing twice");
    rest = trim(rest);
    if (!rest.empty() && !rest.starts_with(',')) return wrong("the login is no list of name=value");
  }
  return fields;
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string_view to_string(DigestHash hash) {
  switch (hash) {
    case DigestHash::md5:
      return "MD5";
    case DigestHash::sha256:
      return "SHA-256";
  }
  return "";
}

bool is_digest_login(std::string_view authorization) {
  return lower(authorization.substr(0, kScheme.size())) == lower(kScheme);
}

Result<DigestLogin> parse_digest_login(std::string_view authorization) {
  if (!is_digest_login(authorization)) return wrong("it is no digest login");
  auto fields = parse_fields(authorization.substr(kScheme.size()));
  if (!fields) return std::unexpected(fields.error());
  const auto take = [&](const char* name) { return std::move((*fields)[name]); };
  if (fields->contains("username*") || lower(take("userhash")) == "true") {
    return wrong("the login hides its user name, which was not asked for");
  }
  DigestLogin login{.user = take("username"),
                    .realm = take("realm"),
                    .nonce = take("nonce"),
                    .uri = take("uri"),
                    .cnonce = take("cnonce"),
                    .nc = take("nc"),
                    .response = lower(take("response"))};
  if (login.user.empty() || login.user.size() > kMostName) return wrong("the login names no user");
  const std::string algorithm = lower(take("algorithm"));
  if (algorithm == "sha-256")
    login.hash = DigestHash::sha256;
  else if (!algorithm.empty() && algorithm != "md5")
    return wrong("the login is of an algorithm that was not offered");
  if (lower(take("qop")) != "auth") return wrong("the login has no qop=auth");
  constexpr std::size_t kCountDigits = 8;
  if (!is_hex(lower(login.nc), kCountDigits)) return wrong("the login has no nc of eight digits");
  std::from_chars(login.nc.data(), login.nc.data() + login.nc.size(), login.count, 16);
  constexpr std::size_t kMd5Digits = 32;
  constexpr std::size_t kSha256Digits = 64;
  if (!is_hex(login.response, login.hash == DigestHash::md5 ? kMd5Digits : kSha256Digits)) {
    return wrong("the login has no response of its algorithm's length");
  }
  return login;
}

std::string_view path_of_uri(std::string_view uri) {
  if (!uri.starts_with('/')) {
    const auto scheme = uri.find("://");
    const auto path = scheme == std::string_view::npos ? scheme : uri.find('/', scheme + 3);
    if (path == std::string_view::npos) return {};
    uri.remove_prefix(path);
  }
  return uri.substr(0, uri.find_first_of("?#"));
}

std::optional<PhoneAddress> parse_phone_address(std::string_view from) {
  if (const auto open = from.rfind('<'); open != std::string_view::npos) {
    from.remove_prefix(open + 1);
    from = from.substr(0, from.find('>'));
  }
  from = trim(from);
  const auto scheme = from.find(':');
  if (scheme == std::string_view::npos) return std::nullopt;
  if (const std::string word = lower(from.substr(0, scheme)); word != "sip" && word != "sips") return std::nullopt;
  from.remove_prefix(scheme + 1);
  const auto at = from.find('@');
  if (at == 0 || at == std::string_view::npos || at > kMostName) return std::nullopt;
  PhoneAddress address{.user = std::string(from.substr(0, at))};
  std::string_view host = from.substr(at + 1);
  host = host.substr(0, host.find_first_of(";?"));
  // A port is no part of a realm. An address of IPv6 has colons of its own, and brackets around them.
  if (!host.starts_with('['))
    host = host.substr(0, host.find(':'));
  else if (const auto end = host.find(']'); end != std::string_view::npos)
    host = host.substr(0, end + 1);
  if (is_host_name(host)) address.host = std::string(host);
  return address;
}

bool is_host_name(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const std::string_view inside = text.substr(1, text.size() - 2);
    return inside.find(':') != std::string_view::npos && inside.size() <= kMostName &&
           inside.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  }
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return !text.empty() && text.size() <= kMostName && std::ranges::all_of(text, fits) && !text.starts_with('.') &&
         !text.starts_with('-') && text.find("..") == std::string_view::npos;
}

}  // namespace mmsgate::formats
