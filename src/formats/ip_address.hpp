// SPDX-License-Identifier: Apache-2.0
// Addresses of IPv4 and IPv6, and networks of them, as people and proxies write them. Plain values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::formats {

class IpAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;
  static constexpr int kBits = 128;

  IpAddress() = default;
  /// An IPv4 address stands in the last four, behind ::ffff (RFC 4291 2.5.5.2): so one client is one, however it comes.
  explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}
  /// "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"; a zone ("%eth0") is dropped. Nothing: anything else.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const;
  /// "192.0.2.1", also where it came mapped; else the form of RFC 5952.
  [[nodiscard]] std::string str() const;
  /// With all but the first `bits` of the 128 set to zero.
  [[nodiscard]] IpAddress masked(int bits) const;
  /// Who is taken for one client: an IPv4 address, or the /64 that one IPv6 household has all of.
  [[nodiscard]] IpAddress household() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  Bytes bytes_{};
};

class IpNetwork {
 public:
  /// "10.0.0.0/8", "2001:db8::/32", or one address. Nothing: anything else, or bits beyond the length that are set.
  [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);
  [[nodiscard]] bool has(const IpAddress& address) const { return address.masked(bits_) == first_; }
  bool operator==(const IpNetwork&) const = default;

 private:
  IpNetwork(const IpAddress& first, int bits) : first_(first), bits_(bits) {}
  IpAddress first_;
  int bits_;
};

/// Separated by commas, blanks or line ends. rejected: names the one that is none.
[[nodiscard]] Result<std::vector<IpNetwork>> parse_networks(std::string_view text);

}  // namespace mmsgate::formats
