// SPDX-License-Identifier: Apache-2.0
#include "store/link_table.hpp"

namespace mmsgate::store {

LinkTable::LinkTable(Database& db)
    : select_secrets_(db, "SELECT number, secret, made_at, until FROM link_secrets ORDER BY number DESC"),
      insert_secret_(db, "INSERT INTO link_secrets (secret, made_at, until) VALUES (?, ?, NULL)"),
      retire_(db,
              "UPDATE link_secrets SET until = max(?, (SELECT ifnull(max(until), 0) FROM blobs)) WHERE until IS NULL"),
      drop_all_(db, "DELETE FROM link_secrets"),
      drop_ended_(db, "DELETE FROM link_secrets WHERE until <= ?"),
      select_revocations_(db, "SELECT recipient, blob, generation, at FROM link_revocations ORDER BY recipient, blob"),
      revoke_(db,
              "INSERT INTO link_revocations (recipient, blob, generation, at) VALUES (?, ?, 1, ?) "
              "ON CONFLICT (recipient, blob) DO UPDATE SET generation = generation + 1, at = excluded.at"),
      recipients_(db,
                  "SELECT who, count(DISTINCT blob) FROM ("
                  "SELECT d.destination AS who, p.blob AS blob FROM parts p JOIN deliveries d ON d.message = p.message "
                  "WHERE p.blob IS NOT NULL UNION ALL "
                  "SELECT m.account, p.blob FROM parts p JOIN messages m ON m.id = p.message WHERE p.blob IS NOT NULL) "
                  "WHERE who <> '' GROUP BY who ORDER BY who") {}

std::vector<LinkSecret> LinkTable::secrets() {
  std::vector<LinkSecret> secrets;
  Cursor row = select_secrets_.query();
  while (row.next()) {
    LinkSecret& each = secrets.emplace_back();
    row.read(each.number, each.secret, each.made_at, each.until);
  }
  return secrets;
}

void LinkTable::rotate(const LinkRotation& rotation) {
  if (rotation.former_until) {
    drop_ended_.run(rotation.now);
    retire_.run(*rotation.former_until);
  } else {
    drop_all_.run();
  }
  insert_secret_.run(rotation.secret, rotation.now);
}

std::vector<LinkRevocation> LinkTable::revocations() {
  std::vector<LinkRevocation> revocations;
  Cursor row = select_revocations_.query();
  while (row.next()) {
    LinkRevocation& each = revocations.emplace_back();
    row.read(each.recipient, each.blob, each.generation, each.at);
  }
  return revocations;
}

void LinkTable::revoke(const std::string& recipient, const std::optional<BlobId>& blob, TimePoint now) {
  revoke_.run(recipient, blob ? blob->str() : std::string(), now);
}

std::vector<LinkRecipient> LinkTable::recipients() {
  std::vector<LinkRecipient> recipients;
  Cursor row = recipients_.query();
  while (row.next()) {
    LinkRecipient& each = recipients.emplace_back();
    row.read(each.name, each.files);
  }
  return recipients;
}

}  // namespace mmsgate::store
