// SPDX-License-Identifier: Apache-2.0
#include "net/reach.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace mmsgate::net {
namespace {

using V4 = std::uint32_t;
using V6 = std::array<std::uint8_t, 16>;

struct Block4 {
  V4 network;
  int bits;
};
constexpr V4 v4(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24U | b << 16U | c << 8U | d; }

// RFC 6890 2.2.2 and its registry: what is not global.
constexpr Block4 kNotGlobal4[] = {{v4(0, 0, 0, 0), 8},      {v4(10, 0, 0, 0), 8},     {v4(100, 64, 0, 0), 10},
                                  {v4(127, 0, 0, 0), 8},    {v4(169, 254, 0, 0), 16}, {v4(172, 16, 0, 0), 12},
                                  {v4(192, 0, 0, 0), 24},   {v4(192, 0, 2, 0), 24},   {v4(192, 88, 99, 0), 24},
                                  {v4(192, 168, 0, 0), 16}, {v4(198, 18, 0, 0), 15},  {v4(198, 51, 100, 0), 24},
                                  {v4(203, 0, 113, 0), 24}, {v4(224, 0, 0, 0), 4},    {v4(240, 0, 0, 0), 4}};

struct Block6 {
  V6 network;
  int bits;
};
// Nothing outside 2000::/3 has been given out as global unicast (RFC 4291 2.4 and IANA's registry), and of that not
// these (RFC 6890 2.2.3 and its registry).
constexpr Block6 kGlobal6{{0x20}, 3};
constexpr Block6 kNotGlobal6[] = {{{0x20, 0x01}, 23},              // protocol assignments, Teredo
                                  {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
                                  {{0x3f, 0xff}, 20}};             // documentation (RFC 9637)

bool is_in(V4 address, const Block4& block) { return ((address ^ block.network) >> (32 - block.bits)) == 0; }

bool is_in(const V6& address, const Block6& block) {
  for (int bit = 0; bit < block.bits; bit += 8) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const int counted = std::min(8, block.bits - bit);
    if (((address[byte] ^ block.network[byte]) >> (8 - counted)) != 0) return false;
  }
  return true;
}

V4 v4_at(const V6& a, std::size_t at) { return v4(a[at], a[at + 1], a[at + 2], a[at + 3]); }

bool may_reach_v4(Reach reach, V4 address) {
  if (reach == Reach::with_loopback && is_in(address, {v4(127, 0, 0, 0), 8})) return true;
  return std::ranges::none_of(kNotGlobal4, [&](const Block4& block) { return is_in(address, block); });
}

bool may_reach_v6(Reach reach, const V6& address) {
  constexpr Block6 kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};  // RFC 4291 2.5.5.2
  constexpr Block6 kNat64{{0x00, 0x64, 0xff, 0x9b}, 96};                     // RFC 6052 2.1
  constexpr Block6 k6to4{{0x20, 0x02}, 16};                                  // RFC 3056 2
  constexpr V6 kLoopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  if (is_in(address, kMapped)) return may_reach_v4(reach, v4_at(address, 12));
  if (is_in(address, kNat64)) return may_reach_v4(Reach::public_only, v4_at(address, 12));
  if (is_in(address, k6to4)) return may_reach_v4(Reach::public_only, v4_at(address, 2));
  if (reach == Reach::with_loopback && address == kLoopback) return true;
  if (!is_in(address, kGlobal6)) return false;
  return std::ranges::none_of(kNotGlobal6, [&](const Block6& block) { return is_in(address, block); });
}

}  // namespace

bool may_reach(Reach reach, const sockaddr* address) {
  if (address->sa_family != AF_INET && address->sa_family != AF_INET6) return false;
  if (reach == Reach::anywhere) return true;
  if (address->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, address, sizeof in);
    return may_reach_v4(reach, ntohl(in.sin_addr.s_addr));
  }
  sockaddr_in6 in{};
  std::memcpy(&in, address, sizeof in);
  V6 bytes{};
  std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
  return may_reach_v6(reach, bytes);
}

bool may_reach(Reach reach, const std::string& address) {
  sockaddr_in four{.sin_family = AF_INET};
  if (inet_pton(AF_INET, address.c_str(), &four.sin_addr) == 1)
    return may_reach(reach, reinterpret_cast<sockaddr*>(&four));
  sockaddr_in6 six{.sin6_family = AF_INET6};
  const std::string bare = address.substr(0, address.find('%'));  // without the zone of a link-local address
  return inet_pton(AF_INET6, bare.c_str(), &six.sin6_addr) == 1 && may_reach(reach, reinterpret_cast<sockaddr*>(&six));
}

}  // namespace mmsgate::net
