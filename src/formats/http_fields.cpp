// SPDX-License-Identifier: Apache-2.0
#include "formats/http_fields.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::size_t kLongestName = 255;

/// Digits only; what is too large for the type is as large as can be.
std::optional<std::uint64_t> number_of(std::string_view digits) {
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? value : UINT64_MAX;
}

/// Control characters, and those that turn the direction of writing round so that "gpj.exe" reads as another name
/// (Unicode 15, 23.2), and line ends.
bool is_unfit(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x200E || c == 0x200F || c == 0x061C || c == 0x2028 || c == 0x2029;
}

std::string without_unfit(std::string_view utf8) {
  std::string out;
  while (const auto c = first_code_point(utf8)) {
    if (!is_unfit(c->value)) out += utf8.substr(0, c->bytes);
    utf8.remove_prefix(c->bytes);
  }
  return out;
}

/// Cut so that what tells the type, the end behind the last dot, stays.
std::string shortened(std::string_view name) {
  constexpr std::size_t kLongestExtension = 16;
  if (name.size() <= kLongestName) return std::string(name);
  const std::size_t dot = name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && name.size() - dot <= kLongestExtension;
  const std::string_view extension = has_extension ? name.substr(dot) : std::string_view();
  return std::string(trim(cut_utf8(name, kLongestName - extension.size()))).append(extension);
}

std::string ascii_name(std::string_view utf8) {
  std::string out;
  while (const auto c = first_code_point(utf8)) {
    const bool plain = c->value < 0x7F && std::string_view("\"\\%").find(utf8[0]) == std::string_view::npos;
    out += plain ? utf8[0] : '_';
    utf8.remove_prefix(c->bytes);
  }
  return out;
}

/// RFC 8187 3.2.1, attr-char.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = is_token(std::string_view(&c, 1)) && std::string_view("*'%").find(c) == std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// charset'language'percent-encoded (RFC 8187 3.2); empty when it is not of that form.
std::string extended_value(std::string_view value) {
  const std::size_t first = value.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  const std::string charset = lower(value.substr(0, first));
  const std::string decoded = percent_decoded(value.substr(second + 1));
  return charset == "iso-8859-1" ? latin1_to_utf8(decoded) : mend_utf8(decoded);
}

}  // namespace

RangeAnswer parse_range(std::string_view header, std::uint64_t size) {
  constexpr RangeAnswer kWhole{};
  constexpr RangeAnswer kNone{.kind = RangeKind::unsatisfiable};
  const std::size_t sign = header.find('=');
  if (sign == std::string_view::npos || lower(trim(header.substr(0, sign))) != "bytes") return kWhole;
  const std::string_view spec = trim(header.substr(sign + 1));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return kWhole;
  const std::string_view first_text = trim(spec.substr(0, dash));
  const std::string_view last_text = trim(spec.substr(dash + 1));
  const auto first = number_of(first_text);
  const auto last = number_of(last_text);
  if (first_text.empty() && last) {  // the last so many bytes
    if (*last == 0) return kNone;
    return size == 0 ? kWhole : RangeAnswer{RangeKind::part, {size - std::min(*last, size), size - 1}};
  }
  if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return kWhole;
  if (*first >= size) return kNone;
  return {RangeKind::part, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

std::string content_disposition(std::string_view disposition, std::string_view name) {
  const std::string clean = clean_file_name(name);
  return fmt::format("{}; filename=\"{}\"; filename*=UTF-8''{}", disposition, ascii_name(clean),
                     percent_encoded(clean));
}

std::string file_name_of(std::string_view content_disposition) {
  const std::size_t end = content_disposition.find(';');
  if (end == std::string_view::npos) return {};
  const auto parameters = parse_parameters(content_disposition.substr(end + 1));
  if (const auto extended = parameters.find("filename*"); extended != parameters.end()) {
    if (std::string name = extended_value(extended->second); !name.empty()) return name;
  }
  const auto plain = parameters.find("filename");
  return plain == parameters.end() ? std::string() : mend_utf8(plain->second);
}

std::string clean_file_name(std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  std::string whole(name);
  std::erase(whole, '\0');
  const std::string fit = without_unfit(mend_utf8(whole));
  std::string clean = shortened(trim(fit));
  return clean.find_first_not_of('.') == std::string::npos ? "file" : clean;
}

}  // namespace mmsgate::formats
