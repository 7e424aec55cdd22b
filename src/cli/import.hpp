// SPDX-License-Identifier: Apache-2.0
// `mmsgate import`: takes over what the first MMSGate left. The gateway does the same by itself when it starts on a
// database of the first; this is for one that lies elsewhere.
#pragma once

#include <string>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct ImportOptions {
  std::string database;      ///< Empty: the config's.
  std::string media_folder;  ///< Empty: the config's.
};

/// Prints what was taken; 1 with a reason on standard error when it could not be.
[[nodiscard]] int import_old(const ops::Config& config, const ImportOptions& options);

}  // namespace mmsgate::cli
