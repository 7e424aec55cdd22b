// SPDX-License-Identifier: Apache-2.0
// Where `mmsgate provision` writes files that are as good as a password: readable for their owner alone, and never
// where the gateway hands out files to everybody.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::cli {

/// rejected: `path` is the media folder or lies below it, by whatever name.
[[nodiscard]] Result<bool> check_is_private(const std::string& path, const std::string& media_folder);

/// A file of mode 0600, in a folder that is made with 0700 where it is missing. What was there is replaced. transient:
/// it cannot be written.
[[nodiscard]] Result<bool> write_private(const std::string& path, std::string_view bytes);

/// `path` where it is a file's; else `name` in that folder. Several files need a folder.
[[nodiscard]] std::string file_at(const std::string& path, const std::string& name, bool is_one_of_several);

}  // namespace mmsgate::cli
