// SPDX-License-Identifier: Apache-2.0
// Bytes that can be read only with the secret that they were sealed with: AES-256-GCM, under a key that HKDF (RFC 5869,
// SHA-256) makes of it. The secret must be one that nobody can guess, with 128 random bits or more. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/random.hpp"

namespace mmsgate::crypto {

/// Hex digits. `label` says what it is for: what was sealed for one purpose is not taken for another.
[[nodiscard]] Result<std::string> seal(std::string_view secret, std::string_view label, std::string_view plain,
                                       Random& random);
/// corrupt: another secret or label, or it has been changed.
[[nodiscard]] Result<std::string> unseal(std::string_view secret, std::string_view label, std::string_view sealed);

}  // namespace mmsgate::crypto
