// SPDX-License-Identifier: Apache-2.0
// What strangers wrote, made fit to be shown to a person. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mmsgate::formats {

/// Nothing that a stranger named may talk to the terminal or turn its writing round: control characters and those that
/// change the direction become '?', what is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// The first `most` bytes at most; each that is no printable ASCII becomes '?'.
[[nodiscard]] std::string printable_ascii(std::string_view text, std::size_t most);

}  // namespace mmsgate::formats
