// SPDX-License-Identifier: Apache-2.0
// The files of the first MMSGate: they lie in the media folder itself, each called by a UUID and the ending that it
// came with. Pure but for reading; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

namespace mmsgate::media {

struct OldFile {
  std::string path;
  std::string ending;  ///< ".jpg"; may be empty.
  BlobId id;           ///< The UUID's digits: links that name the UUID go on working.
  TimePoint changed;
};

/// In any order; what is not called by a UUID is none of ours. transient: the folder cannot be read.
[[nodiscard]] Result<std::vector<OldFile>> find_old_files(const std::string& folder);

/// What it is, by its first bytes, else by its ending.
[[nodiscard]] std::string type_of(const OldFile& file);

}  // namespace mmsgate::media
