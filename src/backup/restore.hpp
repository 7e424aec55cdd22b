// SPDX-License-Identifier: Apache-2.0
// `mmsgate restore`: everything is unpacked beside where it will stand, and checked; only then it is put in place, the
// database last. Before that moment a gateway finds nothing and refuses to begin (store/file.hpp), and what was brought
// is taken away again, by us or by the next restore; after it, all is there. Nothing is ever written over.
//
// The caller sees to it that no gateway runs with that database. One thread, which it holds up.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "formats/backup_manifest.hpp"

namespace mmsgate::backup {

/// Where it goes.
struct Home {
  std::string database;
  std::string media_folder;
  std::string config_file;     ///< Where the config of the backup goes as well; empty: it is not wanted.
  Duration carrier_settles{};  ///< A call that was under way at the end may still be done for so long.
};

struct Restored {
  formats::BackupManifest manifest;
  std::size_t files = 0;  ///< Of the media folder.
  int asked_first = 0;    ///< Deliveries whose fate the carrier is asked before they go on.
};

/// Where, when the config that the backup has, if any, is known.
using ChooseHome = std::function<Result<Home>(const std::optional<std::string>& config)>;

/// Reads from `archive`, which need not be a file. corrupt: the backup is no good. rejected: something is in the way;
/// the detail names it. transient: the disk.
[[nodiscard]] Result<Restored> restore(int archive, const ChooseHome& choose, TimePoint now, Random& random);

/// The same, and nothing is put anywhere. `folder`: for temporary files.
[[nodiscard]] Result<Restored> check_backup(int archive, const std::string& folder);

}  // namespace mmsgate::backup
