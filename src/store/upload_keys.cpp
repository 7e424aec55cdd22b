// SPDX-License-Identifier: Apache-2.0
#include "store/upload_keys.hpp"

#include <sstream>

#include <fmt/ranges.h>

namespace mmsgate::store {
namespace {

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::istringstream in(text);
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

}  // namespace

UploadKeys::UploadKeys(Database& db)
    : db_(db),
      insert_(db,
              "INSERT INTO upload_keys (name, hash, all_accounts, accounts, made_at, used_at, uses) "
              "VALUES (?, ?, ?, ?, ?, NULL, 0) ON CONFLICT (name) DO NOTHING"),
      delete_(db, "DELETE FROM upload_keys WHERE name = ?"),
      use_(db, "UPDATE upload_keys SET used_at = ?, uses = uses + 1 WHERE hash = ?"),
      select_(db, "SELECT name, hash, all_accounts, accounts, made_at, used_at, uses FROM upload_keys ORDER BY name") {}

bool UploadKeys::add(const UploadKey& key) {
  insert_.run(key.name, key.hash, key.all_accounts, fmt::format("{}", fmt::join(key.accounts, " ")), key.made_at);
  return db_.changes() > 0;
}

bool UploadKeys::revoke(const std::string& name) {
  delete_.run(name);
  return db_.changes() > 0;
}

bool UploadKeys::use(const std::string& hash, TimePoint now) {
  use_.run(now, hash);
  return db_.changes() > 0;
}

std::vector<UploadKey> UploadKeys::all() {
  std::vector<UploadKey> keys;
  Cursor row = select_.query();
  while (row.next()) {
    UploadKey& key = keys.emplace_back();
    std::string accounts;
    row.read(key.name, key.hash, key.all_accounts, accounts, key.made_at, key.used_at, key.uses);
    key.accounts = words_of(accounts);
  }
  return keys;
}

}  // namespace mmsgate::store
