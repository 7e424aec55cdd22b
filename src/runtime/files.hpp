// SPDX-License-Identifier: Apache-2.0
// Reading a file as a whole; where temporary files go. Any thread.
#pragma once

#include <optional>
#include <string>

namespace mmsgate::runtime {

/// Nothing: it cannot be read; a folder cannot either.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path);

/// TMPDIR where it says something, else /var/tmp: /tmp may be memory, and a copy of a database is large.
[[nodiscard]] std::string folder_for_temporary_files();

}  // namespace mmsgate::runtime
