// SPDX-License-Identifier: Apache-2.0
#include "core/number.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mmsgate {
namespace {

constexpr std::size_t kLongestE164 = 15;
constexpr std::size_t kShortestAbroad = 7;  // with the country code
constexpr std::size_t kLongestShortCode = 8;
constexpr std::string_view kDialAbroad = "011";  // what North America dials before a number abroad

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Area code and exchange begin with 2 to 9 (NANP numbering plan).
bool is_nanp(std::string_view ten) { return ten.size() == 10 && ten[0] >= '2' && ten[3] >= '2'; }

}  // namespace

Result<Number> Number::parse(std::string_view text) {
  std::string digits;
  bool plus = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (std::string_view(" -.()").find(c) == std::string_view::npos) {
      return fail(ErrorKind::rejected, "a phone number may hold digits, blanks and +-.() only");
    }
    if (digits.size() > kDialAbroad.size() + kLongestE164) break;
  }
  if (!plus && digits.starts_with(kDialAbroad) && digits.size() >= kDialAbroad.size() + kShortestAbroad) {
    plus = true;
    digits.erase(0, kDialAbroad.size());
  }
  if (digits.size() > kLongestE164) return fail(ErrorKind::rejected, "a phone number has 15 digits at most");
  if (digits.size() == 11 && digits[0] == '1' && is_nanp(std::string_view(digits).substr(1))) {
    return Number(Kind::nanp, "+" + digits);
  }
  if (!plus && is_nanp(digits)) return Number(Kind::nanp, "+1" + digits);
  if (plus && digits.size() >= kShortestAbroad) return Number(Kind::international, "+" + digits);
  if (!plus && digits.size() >= 3 && digits.size() <= kLongestShortCode) return Number(Kind::short_code, digits);
  return fail(
      ErrorKind::rejected,
      fmt::format("{} digits are no phone number: 10 in North America, 3 to 8 for a short code", digits.size()));
}

std::string Number::national() const {
  switch (kind_) {
    case Kind::nanp:
      return e164_.substr(2);
    case Kind::international:
      return std::string(kDialAbroad) + e164_.substr(1);
    case Kind::short_code:
      return e164_;
  }
  return e164_;
}

std::string peer_form(std::string_view address) {
  if (const auto number = Number::parse(address)) return number->national();
  constexpr std::size_t kMost = 64;
  std::string safe;
  for (const char c : address.substr(0, kMost)) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (plain || c == '_') safe += c;
  }
  return safe.empty() ? "unknown" : safe;
}

}  // namespace mmsgate
