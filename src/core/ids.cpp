// SPDX-License-Identifier: Apache-2.0
#include "core/ids.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace mmsgate {
namespace {

std::string hex128(Random& random) { return fmt::format("{:016x}{:016x}", random.next(), random.next()); }

}  // namespace

BlobId BlobId::make(Random& random) { return BlobId(hex128(random)); }

std::optional<BlobId> BlobId::parse(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 32 || !std::ranges::all_of(text, is_hex)) return std::nullopt;
  return BlobId(std::string(text));
}

std::optional<BlobId> BlobId::parse_uuid(std::string_view text) {
  constexpr std::array<std::size_t, 4> kDashes{8, 13, 18, 23};
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash_here = std::ranges::find(kDashes, i) != kDashes.end();
    if (is_dash_here != (text[i] == '-')) return std::nullopt;
    if (!is_dash_here) hex += text[i];
  }
  return parse(hex);
}

std::string make_call_id(std::uint64_t number, std::string_view what) {
  // FNV-1a: the number tells nearly all apart, this the few deliveries of one message. Nobody gains by guessing it.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : what) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:012x}{:016x}@mmsgate", number, hash);
}

std::string make_call_id(Random& random, TimePoint now) {
  return fmt::format("{:012x}{:016x}@mmsgate", to_unix_ms(now), random.next());
}

}  // namespace mmsgate
