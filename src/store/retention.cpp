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
    : blobs_(db, fmt::format("SELECT id, size FROM blobs b WHERE until <= ? AND NOT EXISTS (SELECT 1 FROM parts p "
                             "WHERE p.blob = b.id AND NOT ({})) ORDER BY until LIMIT ?",
                             is_settled("p.message"))),
      messages_(db, fmt::format("SELECT id FROM messages m WHERE received_at < ? AND {} ORDER BY id LIMIT ?",
                                is_settled("m.id"))),
      bytes_(db, "SELECT ifnull(sum(size), 0) FROM blobs") {}

std::vector<ExpiredBlob> Expired::blobs(TimePoint now, int limit) {
  std::vector<ExpiredBlob> found;
  Cursor row = blobs_.query(now, limit);
  while (row.next()) {
    std::optional<BlobId> id;
    std::uint64_t size = 0;
    row.read(id, size);
    if (id) found.push_back({*std::move(id), size});
  }
  return found;
}

std::vector<MessageId> Expired::messages(TimePoint before, int limit) {
  std::vector<MessageId> found;
  Cursor row = messages_.query(before, limit);
  while (row.next()) row.read(found.emplace_back());
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
