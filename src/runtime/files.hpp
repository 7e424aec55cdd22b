// SPDX-License-Identifier: Apache-2.0
// Reading a file as a whole. Any thread.
#pragma once

#include <optional>
#include <string>

namespace mmsgate::runtime {

/// Nothing: it cannot be read; a folder cannot either.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path);

}  // namespace mmsgate::runtime
