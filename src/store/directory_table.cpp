// SPDX-License-Identifier: Apache-2.0
#include "store/directory_table.hpp"

namespace mmsgate::store {

DirectoryTable::DirectoryTable(Database& db)
    : clear_accounts_(db, "DELETE FROM sub_accounts"),
      insert_account_(db, "INSERT INTO sub_accounts (account, caller_id, extension, read_at) VALUES (?, ?, ?, ?)"),
      select_accounts_(db, "SELECT account, caller_id, extension FROM sub_accounts ORDER BY place"),
      clear_dids_(db, "DELETE FROM dids"),
      insert_did_(db, "INSERT INTO dids (number, messages_on, read_at) VALUES (?, ?, ?)"),
      select_dids_(db, "SELECT number, messages_on FROM dids ORDER BY place") {}

void DirectoryTable::replace(const Directory& directory, TimePoint now) {
  clear_accounts_.run();
  for (const SubAccount& each : directory.accounts()) {
    insert_account_.run(each.id.value, each.caller_id ? each.caller_id->e164() : "", each.extension, now);
  }
  clear_dids_.run();
  for (const Did& each : directory.dids()) insert_did_.run(each.number.e164(), each.messages_on, now);
}

Directory DirectoryTable::read() { return Directory(read_accounts(), read_dids()); }

std::vector<SubAccount> DirectoryTable::read_accounts() {
  std::vector<SubAccount> accounts;
  Cursor row = select_accounts_.query();
  while (row.next()) {
    SubAccount& each = accounts.emplace_back();
    std::string caller_id;
    row.read(each.id.value, caller_id, each.extension);
    if (const auto number = Number::parse(caller_id)) each.caller_id = *number;
  }
  return accounts;
}

std::vector<Did> DirectoryTable::read_dids() {
  std::vector<Did> dids;
  Cursor row = select_dids_.query();
  while (row.next()) {
    std::string text;
    bool messages_on = true;
    row.read(text, messages_on);
    if (auto number = Number::parse(text)) dids.push_back({*std::move(number), messages_on});
  }
  return dids;
}

}  // namespace mmsgate::store
