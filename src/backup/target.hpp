// SPDX-License-Identifier: Apache-2.0
// Where a backup goes: which file, whether that is wise, and which older ones go. Looks at files, one thread.
#pragma once

#include <string>
#include <vector>

#include "backup/archive_writer.hpp"
#include "backup/make.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace mmsgate::backup {

struct Target {
  std::string file;                 ///< Empty: standard output.
  std::string folder;               ///< Where there must be room; for standard output, that of temporary files.
  Packing packing = Packing::none;  ///< As the file's name says.
};

/// rejected: the file is there already, or would spoil what it is a copy of.
[[nodiscard]] Result<Target> choose_target(const Source& source, const Wish& wish, TimePoint now);

/// Removes what a nightly backup into this folder has made, but for the newest `keep`. Answers what went.
[[nodiscard]] std::vector<std::string> remove_old(const std::string& folder, int keep);

}  // namespace mmsgate::backup
