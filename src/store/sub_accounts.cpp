// SPDX-License-Identifier: Apache-2.0
#include "store/sub_accounts.hpp"

namespace mmsgate::store {

SubAccounts::SubAccounts(Database& db)
    : clear_(db, "DELETE FROM sub_accounts"),
      insert_(db, "INSERT INTO sub_accounts (account, caller_id, extension, read_at) VALUES (?, ?, ?, ?)"),
      select_(db, "SELECT account, caller_id, extension FROM sub_accounts ORDER BY place") {}

void SubAccounts::replace(const std::vector<SubAccount>& accounts, TimePoint now) {
  clear_.run();
  for (const SubAccount& each : accounts) {
    insert_.run(each.id.value, each.caller_id ? each.caller_id->e164() : "", each.extension, now);
  }
}

std::vector<SubAccount> SubAccounts::read() {
  std::vector<SubAccount> accounts;
  Cursor row = select_.query();
  while (row.next()) {
    SubAccount& each = accounts.emplace_back();
    std::string caller_id;
    row.read(each.id.value, caller_id, each.extension);
    if (const auto number = Number::parse(caller_id)) each.caller_id = *number;
  }
  return accounts;
}

}  // namespace mmsgate::store
