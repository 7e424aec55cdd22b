// SPDX-License-Identifier: Apache-2.0
#include "formats/ip_address.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include <fmt/format.h>

#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

using Bytes = IpAddress::Bytes;

constexpr int kByte = 8;
constexpr std::size_t kV4At = 12;  ///< Where an IPv4 address stands in its mapped form.
constexpr int kV4Bits = 32;
constexpr std::size_t kGroups = 8;

/// Digits of that base and nothing else, `most` of them at most.
template <typename T>
std::optional<T> whole_number(std::string_view text, int base, std::size_t most) {
  T value{};
  if (text.empty() || text.size() > most) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Four numbers. With a leading zero some would read one as octal, so nobody may write it.
bool read_v4(std::string_view text, std::span<std::uint8_t> to) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    const bool is_last = i + 1 == to.size();
    const std::size_t end = is_last ? text.size() : text.find('.');
    if (end == std::string_view::npos) return false;
    const std::string_view digits = text.substr(0, end);
    const auto byte = whole_number<std::uint8_t>(digits, 10, 3);
    if (!byte || (digits.size() > 1 && digits.front() == '0')) return false;
    to[i] = *byte;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

/// "1:2:3", the last of them perhaps an IPv4 address. Nothing: not of that form.
std::optional<std::vector<std::uint8_t>> read_groups(std::string_view text, bool may_end_in_v4) {
  std::vector<std::uint8_t> bytes;
  while (!text.empty()) {
    const std::size_t end = text.find(':');
    const std::string_view group = text.substr(0, end);
    if (end == std::string_view::npos && may_end_in_v4 && group.find('.') != std::string_view::npos) {
      std::array<std::uint8_t, 4> four{};
      if (!read_v4(group, four)) return std::nullopt;
      bytes.insert(bytes.end(), four.begin(), four.end());
      return bytes;
    }
    const auto value = whole_number<std::uint16_t>(group, 16, 4);
    if (!value || bytes.size() >= Bytes{}.size()) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(*value >> kByte));
    bytes.push_back(static_cast<std::uint8_t>(*value));
    if (end == std::string_view::npos) return bytes;
    text.remove_prefix(end + 1);
    if (text.empty()) return std::nullopt;  // a colon at the end
  }
  return bytes;
}

std::optional<Bytes> read_v6(std::string_view text) {
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != std::string_view::npos;
  const auto before = read_groups(has_gap ? text.substr(0, gap) : text, !has_gap);
  const auto after = read_groups(has_gap ? text.substr(gap + 2) : std::string_view(), true);
  if (!before || !after) return std::nullopt;
  const std::size_t there = before->size() + after->size();
  Bytes bytes{};
  // The gap stands for a group at least (RFC 4291 2.2).
  if (has_gap ? there > bytes.size() - 2 : there != bytes.size()) return std::nullopt;
  std::ranges::copy(*before, bytes.begin());
  std::ranges::copy_backward(*after, bytes.end());
  return bytes;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  Bytes bytes{};
  if (text.find(':') == std::string_view::npos) {
    bytes[10] = bytes[11] = 0xff;
    if (!read_v4(text, std::span(bytes).subspan(kV4At))) return std::nullopt;
    return IpAddress(bytes);
  }
  const auto read = read_v6(text.substr(0, text.find('%')));
  if (!read) return std::nullopt;
  return IpAddress(*read);
}

bool IpAddress::is_v4() const {
  return bytes_[10] == 0xff && bytes_[11] == 0xff &&
         std::all_of(bytes_.begin(), bytes_.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
}

std::string IpAddress::str() const {
  if (is_v4()) return fmt::format("{}.{}.{}.{}", bytes_[kV4At], bytes_[13], bytes_[14], bytes_[15]);
  std::array<unsigned, kGroups> groups{};
  for (std::size_t i = 0; i < kGroups; ++i) groups[i] = unsigned{bytes_[2 * i]} << kByte | bytes_[2 * i + 1];
  std::size_t gap = kGroups;  // where the longest run of two zeros or more begins, the first of the longest
  std::size_t gap_size = 1;
  for (std::size_t begin = 0; begin < kGroups; ++begin) {
    std::size_t end = begin;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - begin > gap_size) {
      gap = begin;
      gap_size = end - begin;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < kGroups; ++i) {
    if (i == gap) {
      text += "::";
      i += gap_size - 1;
      continue;
    }
    if (!text.empty() && !text.ends_with(':')) text += ':';
    text += fmt::format("{:x}", groups[i]);
  }
  return text;
}

IpAddress IpAddress::masked(int bits) const {
  Bytes bytes = bytes_;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int kept = std::clamp(bits - static_cast<int>(i) * kByte, 0, kByte);
    bytes[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
  }
  return IpAddress(bytes);
}

IpAddress IpAddress::household() const {
  constexpr int kOneHousehold = 64;
  return is_v4() ? *this : masked(kOneHousehold);
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return IpNetwork(*address, IpAddress::kBits);
  const bool is_written_as_v4 = text.find(':') == std::string_view::npos;
  const int most = is_written_as_v4 ? kV4Bits : IpAddress::kBits;
  const auto length = whole_number<int>(text.substr(slash + 1), 10, 3);
  if (!length || *length < 0 || *length > most) return std::nullopt;
  const int bits = IpAddress::kBits - most + *length;
  if (address->masked(bits) != *address) return std::nullopt;
  return IpNetwork(*address, bits);
}

Result<std::vector<IpNetwork>> parse_networks(std::string_view text) {
  std::vector<IpNetwork> networks;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(", \t\r\n"), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const auto network = IpNetwork::parse(word);
    if (!network) {
      return fail(
          ErrorKind::rejected,
          fmt::format("must be addresses and networks such as 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32; \"{}\" is "
                      "neither",
                      word));
    }
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace mmsgate::formats
