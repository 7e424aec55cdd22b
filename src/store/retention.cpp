// SPDX-License-Identifier: Apache-2.0
#include "store/retention.hpp"

#include <fmt/format.h>

#include "store/schema.hpp"

namespace mmsgate::store {
namespace {

/// Nothing of it waits to go anywhere.
std::string is_settled(std::string_view message) {
  return fmt::format("NOT EXISTS (SELECT 1 FROM deliveries WHERE message = {} AND {})", message, kOpen);
}

}  // namespace

Expired::Expired(Database& db)
    : blobs_(db, fmt::format("SELECT until, id, size, NOT EXISTS (SELECT 1 FROM parts p WHERE p.blob = b.id AND "
                             "NOT ({})) FROM blobs b WHERE until <= ? AND (until, id) > (?, ?) "
                             "ORDER BY until, id LIMIT ?",
                             is_settled("p.message"))),
      // Not by a condition: behind the last old one SQLite would walk through all the others at once.
      messages_(db, fmt::format("SELECT id, CASE WHEN received_at < ? THEN {} ELSE 0 END FROM messages m WHERE id > ? "
                                "ORDER BY id LIMIT ?",
                                is_settled("m.id"))),
      bytes_(db, "SELECT ifnull(sum(size), 0) FROM blobs") {}

ExpiredBlobs Expired::blobs(TimePoint now, const BlobPlace& after, int limit) {
  ExpiredBlobs found;
  BlobPlace at;
  int looked_at = 0;
  for (Cursor row = blobs_.query(now, after.until, after.id, limit); row.next(); ++looked_at) {
    std::uint64_t size = 0;
    bool goes = false;
    row.read(at.until, at.id, size, goes);
    auto id = BlobId::parse(at.id);
    if (id && goes) found.blobs.push_back({*std::move(id), size});
  }
  if (looked_at == limit) found.looked_until = std::move(at);
  return found;
}

OldMessages Expired::messages(TimePoint before, MessageId after, int limit) {
  OldMessages found;
  MessageId at;
  int looked_at = 0;
  for (Cursor row = messages_.query(before, after, limit); row.next(); ++looked_at) {
    bool goes = false;
    row.read(at, goes);
    if (goes) found.ids.push_back(at);
  }
  if (looked_at == limit) found.looked_until = at;
  return found;
}

std::uint64_t Expired::media_bytes() {
  std::uint64_t bytes = 0;
  Cursor row = bytes_.query();
  if (row.next()) row.read(bytes);
  return bytes;
}

Retention::Retention(Database& db)
    : db_(db),
      lose_parts_(db,
                  "UPDATE parts SET state = 2, blob = NULL, reason = 'its time was over, and it was removed' "
                  "WHERE blob = ?"),
      drop_blob_(db, "DELETE FROM blobs WHERE id = ?"),
      drop_revocations_(db, "DELETE FROM link_revocations WHERE blob = ?"),  // a few rows, made by people
      drop_events_(db, "DELETE FROM events WHERE message = ?"),
      drop_deliveries_(db, "DELETE FROM deliveries WHERE message = ?"),
      drop_parts_(db, "DELETE FROM parts WHERE message = ?"),
      drop_message_(db, "DELETE FROM messages WHERE id = ?"),
      // A few pages at a time, so that nobody waits; a file that was not made for it keeps its length and is reused.
      shrink_(db, "PRAGMA incremental_vacuum(200)") {
  static_assert(static_cast<int>(PartState::lost) == 2);
}

void Retention::forget_blobs(const std::vector<BlobId>& ids) {
  for (const BlobId& id : ids) {
    lose_parts_.run(id);
    drop_blob_.run(id);
    drop_revocations_.run(id);
  }
}

int Retention::forget_messages(const std::vector<MessageId>& ids) {
  int dropped = 0;
  for (const MessageId id : ids) {
    for (Statement* each : {&drop_events_, &drop_deliveries_, &drop_parts_}) each->run(id);
    drop_message_.run(id);
    dropped += db_.changes();
  }
  shrink_.run();
  return dropped;
}

}  // namespace mmsgate::store
