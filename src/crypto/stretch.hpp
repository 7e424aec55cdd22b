// SPDX-License-Identifier: Apache-2.0
// A password that people thought up, made into a secret that can seal: PBKDF2 (RFC 8018, HMAC-SHA-256), so that who has
// what was sealed can try no more than a few passwords a second. Takes a while; any thread that may be held up.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::crypto {

/// 32 bytes. `salt` is no secret, and another one everywhere.
[[nodiscard]] Result<std::string> stretch(std::string_view password, std::string_view salt);

}  // namespace mmsgate::crypto
