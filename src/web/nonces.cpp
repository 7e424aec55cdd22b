// SPDX-License-Identifier: Apache-2.0
#include "web/nonces.hpp"

#include <charconv>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "crypto/same.hpp"

namespace mmsgate::web {
namespace {

constexpr std::size_t kNumber = 16;  // hex digits
constexpr std::size_t kStamp = 2 * kNumber;

std::int64_t milliseconds(Nonces::Clock::time_point at) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

std::optional<std::uint64_t> number(std::string_view hex) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
  if (error != std::errc{} || end != hex.data() + hex.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string Nonces::make(Clock::time_point now) {
  std::string stamp = fmt::format("{:016x}{:016x}", milliseconds(now), ++made_);
  return stamp + sign(stamp);
}

// The secret first: what is hashed has always the same length, so that nothing can be put behind it.
std::string Nonces::sign(const std::string& stamp) const { return crypto::sha256(secret_ + stamp).substr(0, kStamp); }

std::optional<Nonces::Stamp> Nonces::read(std::string_view nonce) const {
  if (nonce.size() != 2 * kStamp) return std::nullopt;
  const std::string stamp(nonce.substr(0, kStamp));
  if (!crypto::same(sign(stamp), nonce.substr(kStamp))) return std::nullopt;
  const auto made = number(stamp.substr(0, kNumber));
  const auto which = number(stamp.substr(kNumber));
  if (!made || !which) return std::nullopt;
  return Stamp{static_cast<std::int64_t>(*made), *which};
}

bool Nonces::use(std::string_view nonce, std::uint32_t count, Clock::time_point now) {
  const auto stamp = read(nonce);
  const std::int64_t oldest = milliseconds(now) - lifetime_.count();
  if (!stamp || stamp->first <= oldest || *stamp <= ended_) return false;
  used_.erase(used_.begin(), used_.upper_bound({oldest, UINT64_MAX}));
  const auto known = used_.find(*stamp);
  if (known != used_.end()) {
    if (count <= known->second) return false;
    known->second = count;
    return true;
  }
  if (count == 0) return false;  // it counts from one
  used_.emplace(*stamp, count);
  if (used_.size() > most_used_) {
    ended_ = used_.begin()->first;
    used_.erase(used_.begin());
  }
  // Of very many at once the oldest may be this one.
  return *stamp > ended_;
}

}  // namespace mmsgate::web
