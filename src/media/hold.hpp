// SPDX-License-Identifier: Apache-2.0
// Who makes a backup holds the files of the media folder: none is removed meanwhile. Who removes files holds the folder
// against a backup. Both are locks of the kernel upon the folder itself, so that they work between processes, and end
// with the process that has them, however it ends. Any thread.
#pragma once

#include <chrono>
#include <string>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::media {

/// All files that are there now stay, as long as the descriptor is open. Waits for who is removing some. transient: the
/// folder cannot be had, or that takes too long.
[[nodiscard]] Result<runtime::Descriptor> hold_files(const std::string& folder, std::chrono::seconds patience);

/// Files may be removed as long as the descriptor is open. Waits for nobody. limit: a backup is being made.
[[nodiscard]] Result<runtime::Descriptor> hold_for_removal(const std::string& folder);

}  // namespace mmsgate::media
