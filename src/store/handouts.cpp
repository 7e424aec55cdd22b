// SPDX-License-Identifier: Apache-2.0
#include "store/handouts.hpp"

#include <fmt/format.h>

namespace mmsgate::store {
namespace {

/// Linphone fetches its contacts anew at each start, and empties its list when they are gone: they live with the phone.
constexpr auto kContactsKept = std::chrono::hours(24 * 3650);

constexpr const char* kColumns = "id, kind, accounts, sealed, made_at, until, uses_left";

/// instr() and not LIKE, for which each _ of a name would stand for any letter.
std::string revoking(HandoutKind kind) {
  return fmt::format(
      "DELETE FROM handouts WHERE kind = {} AND (?1 = '' OR instr(' ' || accounts || ' ', ' ' || ?1 || ' ') > 0)",
      static_cast<int>(kind));
}

void read(Cursor& row, Handout& handout) {
  row.read(handout.id, handout.kind, handout.accounts, handout.sealed, handout.made_at, handout.until,
           handout.uses_left);
}

}  // namespace

Handouts::Handouts(Database& db)
    : db_(db),
      insert_(db, fmt::format("INSERT INTO handouts ({}) VALUES (?, ?, ?, ?, ?, ?, ?)", kColumns)),
      select_(db, fmt::format("SELECT {} FROM handouts WHERE id = ? AND until > ? AND uses_left > 0", kColumns)),
      list_(db, fmt::format("SELECT {} FROM handouts WHERE kind = 0 AND until > ? AND uses_left > 0 "
                            "ORDER BY made_at DESC, accounts",
                            kColumns)),
      keep_contacts_(db, "UPDATE handouts SET until = ? WHERE kind = 1 AND accounts = ? AND made_at = ?"),
      count_down_(db, "UPDATE handouts SET uses_left = uses_left - 1 WHERE id = ?"),
      drop_(db, "DELETE FROM handouts WHERE id = ?"),
      revoke_contacts_(db, revoking(HandoutKind::contacts)),
      revoke_configs_(db, revoking(HandoutKind::config)),
      drop_expired_(db, "DELETE FROM handouts WHERE until <= ?") {}

void Handouts::add(const std::vector<Handout>& handouts) {
  for (const Handout& each : handouts) {
    insert_.run(each.id, each.kind, each.accounts, each.sealed, each.made_at, each.until, each.uses_left);
  }
}

std::optional<Handout> Handouts::find(const std::string& id, TimePoint now) {
  Cursor row = select_.query(id, now);
  if (!row.next()) return std::nullopt;
  Handout handout;
  read(row, handout);
  return handout;
}

std::optional<Handout> Handouts::take(const std::string& id, TimePoint now) {
  auto handout = find(id, now);
  if (!handout) return std::nullopt;
  keep_contacts_.run(now + kContactsKept, handout->accounts, handout->made_at);
  --handout->uses_left;
  (handout->uses_left == 0 ? drop_ : count_down_).run(id);
  return handout;
}

std::vector<Handout> Handouts::configs(TimePoint now) {
  std::vector<Handout> found;
  Cursor row = list_.query(now);
  while (row.next()) read(row, found.emplace_back());
  return found;
}

int Handouts::revoke(const std::string& account) {
  revoke_contacts_.run(account);
  revoke_configs_.run(account);
  return db_.changes();
}

int Handouts::drop_expired(TimePoint now) {
  drop_expired_.run(now);
  return db_.changes();
}

}  // namespace mmsgate::store
