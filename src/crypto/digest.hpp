// SPDX-License-Identifier: Apache-2.0
// Hashes, and bytes as text. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mmsgate::crypto {

/// 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
/// 32 of them. For SIP's digest logins (RFC 2617) alone: it keeps nothing secret.
[[nodiscard]] std::string md5_hex(std::string_view bytes);

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Nothing: these are not pairs of hex digits.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view hex);

}  // namespace mmsgate::crypto
