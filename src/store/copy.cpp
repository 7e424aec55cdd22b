// SPDX-License-Identifier: Apache-2.0
#include "store/copy.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "store/events.hpp"
#include "store/schema.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {
namespace {

constexpr Duration kPatience = std::chrono::seconds(30);

/// Not the predecessor's and not an empty one: there is nothing of ours in it.
Result<std::unique_ptr<Database>> open_ours(const std::string& path, Database::Mode mode) {
  auto opened = Database::open(path, mode, kPatience);
  if (!opened) return opened;
  Database& db = **opened;
  // It may come from anywhere: nothing in it is to be run.
  db.run("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY");
  if (auto ours = check_is_ours(db, path); !ours) return std::unexpected(ours.error());
  if (db.number("PRAGMA user_version") > 0) return opened;
  return fail(ErrorKind::rejected,
              fmt::format("the database {} has nothing of this mmsgate in it yet: start the gateway once", path));
}

Result<bool> ended(Database& db) {
  if (auto error = db.take_error()) return std::unexpected(*std::move(error));
  return true;
}

/// What SQLite says of it: "ok", or the first thing that is wrong.
std::string integrity(Database& db) {
  std::string word;
  Statement check(db, "PRAGMA integrity_check(1)");
  Cursor row = check.query();
  if (row.next()) row.read(word);
  return word;
}

std::vector<Blob> blobs_of(Database& db) {
  std::vector<Blob> blobs;
  Statement select(db, "SELECT id, type, name, size, sha256, created_at, until FROM blobs ORDER BY id");
  Cursor row = select.query();
  while (row.next()) {
    std::optional<BlobId> id;
    std::string type;
    std::string name;
    std::uint64_t size = 0;
    std::string sha256;
    TimePoint created_at;
    TimePoint until;
    row.read(id, type, name, size, sha256, created_at, until);
    if (id) blobs.push_back({*std::move(id), type, name, size, sha256, created_at, until});
  }
  return blobs;
}

}  // namespace

Result<std::uint64_t> copy_bytes(const std::string& database) {
  const auto opened = open_ours(database, Database::Mode::reading);
  if (!opened) return std::unexpected(opened.error());
  Database& db = **opened;
  const auto bytes = db.number("PRAGMA page_count") * db.number("PRAGMA page_size");
  if (auto good = ended(db); !good) return std::unexpected(good.error());
  return static_cast<std::uint64_t>(bytes);
}

Result<bool> copy_database(const std::string& database, const std::string& to) {
  const auto from = open_ours(database, Database::Mode::reading);
  if (!from) return std::unexpected(from.error());
  auto copy = Database::open(to, Database::Mode::writing, kPatience);
  if (!copy) return std::unexpected(copy.error());
  // A copy that is cut off is thrown away.
  (*copy)->run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
  (*from)->copy_to(**copy);
  if (auto good = ended(**from); !good) return good;
  (*copy)->run("PRAGMA journal_mode = DELETE");
  return ended(**copy);
}

Result<std::vector<Blob>> check_copy(const std::string& copy) {
  const auto opened = open_ours(copy, Database::Mode::reading);
  if (!opened) return std::unexpected(opened.error());
  Database& db = **opened;
  const std::string word = integrity(db);
  if (auto good = ended(db); !good) return std::unexpected(good.error());
  if (word != "ok") {
    return fail(ErrorKind::corrupt, fmt::format("the database in the backup is damaged ({})", word.substr(0, 100)));
  }
  // We have none, and what stands in one would be done at our next write.
  if (db.number("SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')") > 0) {
    return fail(ErrorKind::corrupt, "the database in the backup has triggers or views, which no mmsgate made");
  }
  auto blobs = blobs_of(db);
  if (auto good = ended(db); !good) return std::unexpected(good.error());
  return blobs;
}

Result<int> make_ready(const std::string& copy, TimePoint now, TimePoint carrier_due) {
  const auto opened = open_ours(copy, Database::Mode::writing);
  if (!opened) return std::unexpected(opened.error());
  Database& db = **opened;
  db.run("BEGIN IMMEDIATE");
  int count = 0;
  {
    Statement open(db,
                   fmt::format("SELECT id, message, state FROM deliveries WHERE target = 1 AND {} ORDER BY id", kOpen));
    EventLog events(db);
    Cursor row = open.query();
    while (row.next()) {
      DeliveryId id;
      MessageId message;
      State state{};
      row.read(id, message, state);
      events.add(message, id, now, state, "restored from a backup; VoIP.ms is asked first whether it was sent");
      ++count;
    }
    // One try that nobody remembers is counted: from the second on the log is asked.
    Statement mark(db, fmt::format("UPDATE deliveries SET tries = max(tries, 1), interrupted = 1, "
                                   "due_at = max(due_at, ?) WHERE target = 1 AND {}",
                                   kOpen));
    mark.run(carrier_due);
  }
  // A link that has been used or revoked since must not work again; who still wants one makes another.
  db.run("DELETE FROM handouts WHERE kind = 0");
  db.run("COMMIT");
  if (auto good = ended(db); !good) return std::unexpected(good.error());
  return count;
}

}  // namespace mmsgate::store
