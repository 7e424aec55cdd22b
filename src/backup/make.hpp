// SPDX-License-Identifier: Apache-2.0
// `mmsgate backup`: database, files and config in one archive, while the gateway runs or not. Speaks to no gateway:
// SQLite gives a copy as of one moment, and a lock on the media folder keeps what that copy names until it is written.
// One thread, which it holds up.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"

namespace mmsgate::backup {

/// What there is to be kept.
struct Source {
  std::string database;
  std::string media_folder;
  std::string config_file;
};

struct Wish {
  std::string to;  ///< A file; a folder: one in it that is called by the time; "-": standard output.
  bool may_replace = false;
  bool with_media = true;
  bool with_config = true;
  int keep = 0;  ///< With a folder: so many of them stay; 0: all.
};

struct Made {
  std::string file;
  std::size_t files = 0;  ///< Of the media folder.
  std::uint64_t bytes = 0;
  std::vector<std::string> missing;  ///< Named in the database, and not there.
  std::vector<std::string> spoilt;   ///< Not what they were when they were stored: the disk has changed them.
  std::vector<std::string> removed;  ///< Older backups.
};

/// Is told now and then how far it is.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// rejected: the wish cannot be right. transient: a disk is full or fails. What was begun is gone then.
[[nodiscard]] Result<Made> make_backup(const Source& source, const Wish& wish, TimePoint now, const Progress& progress);

}  // namespace mmsgate::backup
