// SPDX-License-Identifier: Apache-2.0
// Who is who: the sub accounts of the VoIP.ms account, their numbers and extensions, and the numbers that it has. An
// immutable snapshot, replaced as a whole when it has been read anew; any thread may hold one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/number.hpp"

namespace mmsgate {

struct SubAccount {
  AccountId id;
  std::optional<Number> caller_id;  ///< The DID that sends for this account and whose messages it receives.
  std::string extension;            ///< As dialled: "10" and the internal extension, e.g. "101"; empty: none.

  bool operator==(const SubAccount&) const = default;
};

/// A number of the account.
struct Did {
  Number number;
  bool messages_on = true;  ///< SMS and MMS are switched on for it at VoIP.ms.

  bool operator==(const Did&) const = default;
};

/// What a phone dials before another's internal extension.
inline constexpr std::string_view kExtensionPrefix = "10";

class Directory {
 public:
  Directory() = default;
  explicit Directory(std::vector<SubAccount> accounts, std::vector<Did> dids = {})
      : accounts_(std::move(accounts)), dids_(std::move(dids)) {}

  /// Every account that gets what is sent to this number: all whose Caller ID number it is.
  [[nodiscard]] std::vector<const SubAccount*> with_caller_id(const Number& did) const;
  /// Null: not one of ours.
  [[nodiscard]] const SubAccount* find(std::string_view account) const;
  [[nodiscard]] const SubAccount* with_extension(std::string_view dialled) const;
  /// Null: the account has no such number, as far as we know.
  [[nodiscard]] const Did* find_did(const Number& number) const;
  [[nodiscard]] const std::vector<SubAccount>& accounts() const { return accounts_; }
  /// Empty: never read. An account whose sub accounts send messages has one at least.
  [[nodiscard]] const std::vector<Did>& dids() const { return dids_; }

  /// What the owner should put right at VoIP.ms, a sentence each: numbers whose messages reach nobody, sub accounts
  /// whose messages VoIP.ms will not take.
  [[nodiscard]] std::vector<std::string> advice() const;

  bool operator==(const Directory&) const = default;

 private:
  std::vector<SubAccount> accounts_;  // tens, not thousands: a walk is quicker than a map
  std::vector<Did> dids_;
};

/// Could this be a dialled extension: the prefix and 1 to 10 digits? (The proxy's forward rule says the same.)
[[nodiscard]] bool looks_like_extension(std::string_view dialled);

}  // namespace mmsgate
