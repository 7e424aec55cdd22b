// SPDX-License-Identifier: Apache-2.0
// The Store in one SQLite file: WAL, synchronous=FULL, one writer thread with group commit, readers of their own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/time.hpp"
#include "runtime/log.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

struct SqliteOptions {
  std::string path;  ///< Created, with its folder (0700) and itself 0600, when missing.
  int most_per_commit = 256;
  /// How long a lock of another program is waited for: twice, by who comes while another waits. After 4 s the phone or
  /// its proxy has given up, tells its owner no, and must not find that it was stored after all.
  Duration patience = std::chrono::seconds(1);
  /// Called while a large file is brought up to date: every now and then, as long as that goes on. By who opens it.
  std::function<void()> on_progress;
  bool read_only = false;  ///< For the command line beside a running gateway: queries only, commands are refused.
};

/// Opens, checks and migrates. The errors name the file and what to do: transient when it is locked, full or denied;
/// corrupt when it is no database of ours or comes from a newer version.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(SqliteOptions options, std::shared_ptr<runtime::Log> log);

}  // namespace mmsgate::store
