// SPDX-License-Identifier: Apache-2.0
#include "store/hook_tokens.hpp"

namespace mmsgate::store {

HookTokenTable::HookTokenTable(Database& db)
    : db_(db),
      select_(db, "SELECT number, token, made_at, last_used_at FROM hook_tokens ORDER BY number"),
      insert_(db, "INSERT INTO hook_tokens (token, made_at) VALUES (?, ?)"),
      count_others_(db, "SELECT count(*) FROM hook_tokens WHERE number <> ?"),
      remove_(db, "DELETE FROM hook_tokens WHERE number = ?"),
      note_use_(db, "UPDATE hook_tokens SET last_used_at = ? WHERE token = ?") {}

std::vector<HookToken> HookTokenTable::read() {
  std::vector<HookToken> tokens;
  Cursor row = select_.query();
  while (row.next()) {
    HookToken& each = tokens.emplace_back();
    row.read(each.number, each.token, each.made_at, each.last_used_at);
  }
  return tokens;
}

void HookTokenTable::add(const std::string& token, TimePoint now) { insert_.run(token, now); }

Removal HookTokenTable::remove(std::int64_t number, bool even_the_last) {
  int others = 0;
  {
    Cursor row = count_others_.query(number);
    if (row.next()) row.read(others);
  }
  if (others == 0 && !even_the_last) return Removal::is_the_last;
  remove_.run(number);
  return db_.changes() > 0 ? Removal::removed : Removal::not_there;
}

void HookTokenTable::note_use(const std::string& token, TimePoint at) { note_use_.run(at, token); }

}  // namespace mmsgate::store
