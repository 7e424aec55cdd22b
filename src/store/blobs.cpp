// SPDX-License-Identifier: Apache-2.0
#include "store/blobs.hpp"

#include <fmt/format.h>

namespace mmsgate::store {
namespace {

/// Files whose bare id is a link, of somebody; '': of all.
constexpr const char* kIsPlain =
    "plain_link = 1 AND (?1 = '' OR uploader = ?1 OR id IN ("
    "SELECT p.blob FROM parts p JOIN deliveries d ON d.message = p.message WHERE d.destination = ?1 UNION ALL "
    "SELECT p.blob FROM parts p JOIN messages m ON m.id = p.message WHERE m.account = ?1))";

}  // namespace

Blobs::Blobs(Database& db)
    : db_(db),
      insert_(
          db,
          "INSERT INTO blobs (id, type, name, size, sha256, created_at, until, plain_link, uploader) VALUES (?, ?, ?, "
          "?, ?, ?, ?, ?, ?) "
          "ON CONFLICT (id) DO NOTHING"),
      select_(db, "SELECT type, name, size, sha256, created_at, until, plain_link FROM blobs WHERE id = ?"),
      uploaded_(db,
                "SELECT coalesce(sum(CASE WHEN uploader = ? THEN size END), 0), coalesce(sum(size), 0) FROM blobs "
                "WHERE created_at >= ? AND uploader IS NOT NULL"),
      count_plain_(db, fmt::format("SELECT count(*) FROM blobs WHERE {}", kIsPlain)),
      end_plain_(db, fmt::format("UPDATE blobs SET plain_link = 0 WHERE {}", kIsPlain)) {}

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

std::int64_t Blobs::plain_links(const std::string& recipient) {
  std::int64_t count = 0;
  Cursor row = count_plain_.query(recipient);
  if (row.next()) row.read(count);
  return count;
}

int Blobs::end_plain_links(const std::string& recipient) {
  end_plain_.run(recipient);
  return db_.changes();
}

}  // namespace mmsgate::store
