// SPDX-License-Identifier: Apache-2.0
// Content-Encoding: deflate, as Linphone does it (zlib, RFC 1950; raw RFC 1951 is taken too). Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::formats {

/// limit: it would grow beyond `most` bytes (a bomb costs no more than that). corrupt: broken or cut off.
[[nodiscard]] Result<std::string> inflate(std::string_view deflated, std::size_t most);

}  // namespace mmsgate::formats
