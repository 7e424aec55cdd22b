// SPDX-License-Identifier: Apache-2.0
// `mmsgate backup` and `mmsgate restore`: docs/backup.md. Both do all their work in this process.
#pragma once

#include <string>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct BackupOptions {
  std::string to;
  bool force = false;
  bool without_media = false;
  bool without_config = false;
  int keep = 0;
};

/// Says what is in it; 1 with a reason on standard error when it cannot be made.
[[nodiscard]] int backup(const ops::Config& config, const std::string& config_file, const BackupOptions& options);

struct RestoreOptions {
  std::string from;         ///< "-": standard input.
  std::string into_config;  ///< Where the backup's own config goes, which then says where the rest goes.
  bool check = false;
};

/// Says what was put where; 1 with a reason on standard error when nothing was.
[[nodiscard]] int restore(const std::string& config_file, const RestoreOptions& options);

}  // namespace mmsgate::cli
