// SPDX-License-Identifier: Apache-2.0
#include "store/blobs.hpp"

namespace mmsgate::store {

Blobs::Blobs(Database& db)
    : insert_(db,
              "INSERT INTO blobs (id, type, name, size, sha256, created_at, until, plain_link) VALUES (?, ?, ?, ?, ?, "
              "?, ?, ?) "
              "ON CONFLICT (id) DO NOTHING"),
      select_(db, "SELECT type, name, size, sha256, created_at, until, plain_link FROM blobs WHERE id = ?") {}

void Blobs::add(const Blob& blob) {
  insert_.run(blob.id, blob.type, blob.name, blob.size, blob.sha256, blob.created_at, blob.until, blob.has_plain_link);
}

std::optional<Blob> Blobs::find(const BlobId& id) {
  Cursor row = select_.query(id);
  if (!row.next()) return std::nullopt;
  Blob blob{.id = id};
  row.read(blob.type, blob.name, blob.size, blob.sha256, blob.created_at, blob.until, blob.has_plain_link);
  return blob;
}

}  // namespace mmsgate::store
