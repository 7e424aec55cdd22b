// SPDX-License-Identifier: Apache-2.0
// A number that messages go to or come from. E.164 inside, each side's own form at the edges. Plain value; any thread.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate {

/// VoIP.ms writes North American numbers with ten digits, and +1 before them when an account is set to E164; people
/// dial all kinds. One canonical form keeps one conversation one conversation. Short codes (3 to 8 digits) have no
/// E.164 form and are kept as they are.
class Number {
 public:
  enum class Kind { nanp, international, short_code };

  /// Reads what people and providers write: "5145550123", "1 (514) 555-0123", "+15145550123", "011442071838750",
  /// "72222". rejected: no digits, letters, or more than 15 digits (E.164 6.2.1).
  [[nodiscard]] static Result<Number> parse(std::string_view text);

  [[nodiscard]] Kind kind() const { return kind_; }
  /// "+15145550123", "+442071838750"; a short code as it is.
  [[nodiscard]] const std::string& e164() const { return e164_; }
  /// As VoIP.ms takes it and as a phone is shown it: ten digits in North America, "011..." abroad, a short code as it
  /// is.
  [[nodiscard]] std::string national() const;

  auto operator<=>(const Number&) const = default;

 private:
  Number(Kind kind, std::string e164) : kind_(kind), e164_(std::move(e164)) {}
  Kind kind_;
  std::string e164_;
};

/// One form for one peer, so that one conversation stays one: a number's national form, else what of the address can
/// break no SIP address, "unknown" if nothing can.
[[nodiscard]] std::string peer_form(std::string_view address);

}  // namespace mmsgate
