// SPDX-License-Identifier: Apache-2.0
#include "store/proxies.hpp"

namespace mmsgate::store {

// More than one is remembered: where two run side by side, now the one and now the other may answer, and neither has
// been started anew by that.
Proxies::Proxies(Database& db, Upkeep& upkeep)
    : db_(db),
      upkeep_(upkeep),
      any_(db, "SELECT 1 FROM proxies LIMIT 1"),
      see_(db, "UPDATE proxies SET seen_at = ? WHERE name = ?"),
      add_(db, "INSERT INTO proxies (name, seen_at) VALUES (?, ?)"),
      // Not the one just added, wherever the clock has been set meanwhile.
      forget_(db,
              "DELETE FROM proxies WHERE name IN "
              "(SELECT name FROM proxies WHERE name <> ? ORDER BY seen_at DESC LIMIT -1 OFFSET 15)") {}

std::optional<int> Proxies::note(const std::string& name, TimePoint now, TimePoint kept_since) {
  bool is_first = false;
  {
    Cursor row = any_.query();
    is_first = !row.next();
  }
  // It is told when another answers than before, so this is no write for each message.
  see_.run(now, name);
  if (db_.changes() > 0) return std::nullopt;
  add_.run(name, now);
  if (is_first) return std::nullopt;
  forget_.run(name);
  return upkeep_.send_again(kept_since, now);
}

}  // namespace mmsgate::store
