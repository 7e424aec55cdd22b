// SPDX-License-Identifier: Apache-2.0
// What only who knows the secret can have written. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mmsgate::crypto {

/// HMAC-SHA-256 (RFC 2104): 32 bytes as they are. Compare them with same().
[[nodiscard]] std::string hmac_sha256(std::string_view secret, std::string_view text);

}  // namespace mmsgate::crypto
