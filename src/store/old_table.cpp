// SPDX-License-Identifier: Apache-2.0
#include "store/old_table.hpp"

#include <utility>

namespace mmsgate::store {

Imported& Imported::operator+=(const Imported& more) {
  messages += more.messages;
  deliveries += more.deliveries;
  waiting += more.waiting;
  known += more.known;
  return *this;
}

OldTable::OldTable(std::unique_ptr<Database> db)
    : db_(std::move(db)),
      // Its columns hold whatever Python put there: numbers as texts, texts as numbers.
      rows_(*db_,
            "SELECT rowid, CAST(ifnull(rcvd_ts, init_ts) AS INTEGER) * 1000, CAST(sent_ts AS INTEGER) * 1000, "
            "CAST(fromid AS TEXT), CAST(toid AS TEXT), CAST(did AS TEXT), CAST(msgtype AS TEXT), "
            "CAST(message AS TEXT), CAST(msgstatus AS TEXT), CAST(msgid AS TEXT), CAST(trycnt AS INTEGER), "
            "direction = 'OUT' FROM send_msgs WHERE rowid > ? ORDER BY rowid LIMIT ?"),
      newest_(*db_, "SELECT CAST(max(ifnull(rcvd_ts, init_ts)) AS INTEGER) * 1000 FROM send_msgs") {}

Result<std::unique_ptr<OldTable>> OldTable::open(const std::string& path) {
  constexpr auto kPatience = std::chrono::seconds(1);
  auto db = Database::open(path, Database::Mode::reading, kPatience);
  if (!db) return std::unexpected(db.error());
  const bool is_there =
      (*db)->number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'send_msgs'") > 0;
  if (auto error = (*db)->take_error()) return std::unexpected(*std::move(error));
  if (!is_there) return nullptr;
  return std::unique_ptr<OldTable>(new OldTable(std::move(*db)));
}

Result<std::vector<OldRow>> OldTable::rows(std::int64_t after, int limit) {
  std::vector<OldRow> found;
  {
    Cursor cursor = rows_.query(after, limit);
    while (cursor.next()) {
      OldRow& row = found.emplace_back();
      cursor.read(row.row, row.received, row.tried, row.from, row.to, row.did, row.type, row.message, row.status,
                  row.carrier_id, row.tries, row.outgoing);
    }
  }
  if (auto error = db_->take_error()) return std::unexpected(*std::move(error));
  return found;
}

Result<std::optional<TimePoint>> OldTable::newest() {
  std::optional<TimePoint> at;
  {
    Cursor cursor = newest_.query();
    if (cursor.next()) cursor.read(at);
  }
  if (auto error = db_->take_error()) return std::unexpected(*std::move(error));
  return at;
}

}  // namespace mmsgate::store
