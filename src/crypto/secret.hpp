// SPDX-License-Identifier: Apache-2.0
// Secrets that we make ourselves: keys of scripts, the web hook's token, links that work once. Pure but for the
// randomness; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/random.hpp"

namespace mmsgate::crypto {

/// 180 random bits as 36 digits and small letters, without i, l, o and u: nothing in it is taken for another character
/// by who types it, nor needs to be quoted in a URL or a shell.
[[nodiscard]] std::string make_secret(Random& random);

/// Could make_secret() have made this? What could not needs no look-up.
[[nodiscard]] bool looks_like_secret(std::string_view text);

}  // namespace mmsgate::crypto
