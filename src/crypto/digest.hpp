// SPDX-License-Identifier: Apache-2.0
// Hashes, and bytes as text. Pure; any thread, one object a thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mmsgate::crypto {

/// Of what comes in pieces. Throws std::bad_alloc where there is no memory, as whatever allocates.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::string_view bytes);
  /// 64 lower-case hex digits, of all that was added. Once, and last.
  [[nodiscard]] std::string hex();

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

/// Of a whole text: 64 lower-case hex digits.
[[nodiscard]] std::string sha256(std::string_view text);
/// 32 of them. For SIP's digest logins (RFC 2617) alone: it keeps nothing secret.
[[nodiscard]] std::string md5(std::string_view text);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Nothing: these are not pairs of hex digits.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);

}  // namespace mmsgate::crypto
