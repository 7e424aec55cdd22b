// SPDX-License-Identifier: Apache-2.0
#include "store/blobs.hpp"

namespace mmsgate::store {

Blobs::Blobs(Database& db)
    : insert_(
          db,
          "INSERT INTO blobs (id, type, name, size, sha256, created_at, until, plain_link, uploader) VALUES (?, ?, ?, "
          "?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO NOTHING"),
      select_(db, "SELECT type, name, size, sha256, created_at, until, plain_link FROM blobs WHERE id = ?"),
      uploaded_(db,
                "SELECT coalesce(sum(CASE WHEN uploader = ? THEN size END), 0), coalesce(sum(size), 0) FROM blobs "
                "WHERE created_at >= ? AND uploader IS NOT NULL") {}

void Blobs::add(const Blob& blob) {
  insert_.run(blob.id, blob.type, blob.name, blob.size, blob.sha256, blob.created_at, blob.until, blob.has_plain_link,
              blob.uploader);
}

std::optional<Blob> Blobs::find(const BlobId& id) {
  Cursor row = select_.query(id);
  if (!row.next()) return std::nullopt;
  Blob blob{.id = id};
  row.read(blob.type, blob.name, blob.size, blob.sha256, blob.created_at, blob.until, blob.has_plain_link);
  return blob;
}

Uploaded Blobs::uploaded(const std::string& account, TimePoint since) {
  Uploaded bytes;
  Cursor row = uploaded_.query(account, since);
  if (row.next()) row.read(bytes.by_account, bytes.by_all);
  return bytes;
}

}  // namespace mmsgate::store
