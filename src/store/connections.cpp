// SPDX-License-Identifier: Apache-2.0
#include "store/connections.hpp"

#include <string>

#include <fmt/format.h>

#include "store/schema.hpp"

namespace mmsgate::store {
namespace {

/// The caches are small: what is read again is in the kernel's.
void tune(Database& db, int cache_kib) {
  db.run(fmt::format("PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY;", cache_kib));
}

/// WAL with FULL: a commit is on disk when it returns, by one fsync. The log is folded into the file each 1,000 pages.
Result<bool> switch_to_wal(Database& db, const std::string& path) {
  std::string mode;
  {
    Statement change(db, "PRAGMA journal_mode = WAL");
    Cursor row = change.query();
    if (row.next()) row.read(mode);
  }
  db.run(
      "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 8388608; "
      "PRAGMA foreign_keys = ON");
  if (auto error = db.take_error()) return std::unexpected(*std::move(error));
  if (mode == "wal") return true;
  return fail(ErrorKind::transient,
              fmt::format("the folder of the database {} is on a file system that SQLite's log cannot be shared on "
                          "(a network drive?): put it on a local disk",
                          path));
}

}  // namespace

Result<std::unique_ptr<Database>> open_writing(const SqliteOptions& options) {
  auto opened = Database::open(options.path, Database::Mode::writing, options.patience);
  if (!opened) return opened;
  Database& db = **opened;
  if (auto ours = check_is_ours(db, options.path); !ours) return std::unexpected(ours.error());
  constexpr int kCacheKib = 2048;
  tune(db, kCacheKib);
  // Must come before the first table: then pages that become free can be given back to the disk a few at a time.
  if (db.number("PRAGMA page_count") == 0) db.run("PRAGMA auto_vacuum = INCREMENTAL");
  if (auto switched = switch_to_wal(db, options.path); !switched) return std::unexpected(switched.error());
  db.on_progress(options.on_progress);
  if (auto migrated = migrate(db); !migrated) return std::unexpected(migrated.error());
  db.on_progress({});
  // What a crash left in the log; until that is in the file, nobody could say who has changed it (OverwriteWatch). A
  // disk that is full lets it wait.
  db.run("PRAGMA wal_checkpoint(PASSIVE)");
  static_cast<void>(db.take_error());
  return opened;
}

Result<std::unique_ptr<Database>> open_reading(const SqliteOptions& options) {
  auto opened = Database::open(options.path, Database::Mode::reading, options.patience);
  if (!opened) return opened;
  Database& db = **opened;
  if (auto ours = check_is_ours(db, options.path); !ours) return std::unexpected(ours.error());
  if (auto current = check_is_current(db, options.path); !current) return std::unexpected(current.error());
  constexpr int kCacheKib = 256;
  tune(db, kCacheKib);
  return opened;
}

}  // namespace mmsgate::store
