// SPDX-License-Identifier: Apache-2.0
// Names of things, each a type of its own, so that one is never passed for another. Plain values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/time.hpp"

namespace mmsgate {

/// A row number of our own store. 0 is no row.
template <typename Tag>
struct RowId {
  std::int64_t value = 0;
  auto operator<=>(const RowId&) const = default;
};

using MessageId = RowId<struct MessageTag>;
using PartId = RowId<struct PartTag>;
using DeliveryId = RowId<struct DeliveryTag>;

/// The account part of a SIP address at VoIP.ms: "123456" or "123456_bob".
struct AccountId {
  std::string value;
  auto operator<=>(const AccountId&) const = default;
};

/// The name of a stored file: 128 random bits as 32 lower-case hex digits. Knowing one is what allows to read it.
class BlobId {
 public:
  [[nodiscard]] static BlobId make(Random& random);
  /// Nothing but exactly 32 lower-case hex digits is a BlobId: no path can be spelt with one.
  [[nodiscard]] static std::optional<BlobId> parse(std::string_view text);
  /// The first MMSGate named its files by a UUID (RFC 4122) of 122 random bits, "8-4-4-4-12" digits: the same digits.
  [[nodiscard]] static std::optional<BlobId> parse_uuid(std::string_view text);

  [[nodiscard]] const std::string& str() const { return hex_; }
  auto operator<=>(const BlobId&) const = default;

 private:
  explicit BlobId(std::string hex) : hex_(std::move(hex)) {}
  std::string hex_;
};

/// A SIP Call-ID (RFC 3261 8.1.1.4) made once for a delivery and kept through all its retries: phones drop the second
/// MESSAGE with a Call-ID that they have seen. It begins with the time, so that those in use lie together in an index,
/// and ends with 64 random bits.
[[nodiscard]] std::string make_call_id(Random& random, TimePoint now);
/// The same for what a provider names: always the same for the same `number` and `what`, so that a message that is
/// brought a second time, to a database that has forgotten it, is known to the phone. Begins with the number, which
/// grows as time does.
[[nodiscard]] std::string make_call_id(std::uint64_t number, std::string_view what);

}  // namespace mmsgate

template <typename Tag>
struct std::hash<mmsgate::RowId<Tag>> {
  std::size_t operator()(const mmsgate::RowId<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
