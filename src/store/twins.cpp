// SPDX-License-Identifier: Apache-2.0
#include "store/twins.hpp"

namespace mmsgate::store {
namespace {

/// Told not before it was logged (but for their clock and ours), and not later than the last try of its web hook.
constexpr auto kClockSlack = std::chrono::minutes(15);
constexpr auto kLatest = std::chrono::hours(48);

std::optional<MessageId> first_of(Cursor row) {
  MessageId id;
  if (!row.next()) return std::nullopt;
  row.read(id);
  return id;
}

}  // namespace

Twins::Twins(Database& db)
    : find_(db, "SELECT id FROM messages WHERE provider = ? AND provider_id = ? AND own = ?"),
      // For each message that is told, so in one: both halves are served by indexes that are nearly empty.
      find_logged_(db,
                   "SELECT id FROM messages WHERE other_id = ?6 AND other_id <> '' AND provider = ?5 AND own = ?1 "
                   "UNION ALL SELECT id FROM messages WHERE source = 1 AND other_id = '' AND own = ?1 AND peer = ?2 "
                   "AND text = ?3 AND part_count = ?4 AND provider = ?5 AND provider_id <> ?6 AND received_at > ?7 "
                   "LIMIT 1"),
      find_other_id_(db, "SELECT id FROM messages WHERE other_id = ? AND other_id <> '' AND provider = ? AND own = ?"),
      find_told_(
          db,
          "SELECT id FROM messages WHERE source <> 1 AND direction = 0 AND other_id = '' AND own = ? AND peer = ? "
          "AND text = ? AND part_count = ? AND provider = ? AND received_at BETWEEN ? AND ? ORDER BY id LIMIT 1"),
      set_other_id_(db, "UPDATE messages SET other_id = ? WHERE id = ?"),
      // Told under this id; or told under it and taken for the twin of another, which the log now shows it is not.
      told_by_id_(db,
                  "SELECT 1 FROM messages WHERE provider = ?1 AND provider_id = ?2 AND own = ?3 AND source <> 1 "
                  "UNION ALL SELECT 1 FROM messages WHERE other_id = ?2 AND other_id <> '' AND source = 1 AND "
                  "provider = ?1 AND own = ?3 AND provider_id <> ?2 LIMIT 1"),
      agree_(db, "SELECT 1 FROM marks WHERE name = 'ids agree'"),
      do_agree_(db, "INSERT INTO marks (name, at) VALUES ('ids agree', 0) ON CONFLICT DO NOTHING") {
  static_assert(static_cast<int>(Source::logged) == 1 && static_cast<int>(Direction::inbound) == 0);
}

bool Twins::ids_agree() {
  if (!ids_agree_) {
    Cursor row = agree_.query();
    ids_agree_ = row.next();
  }
  return *ids_agree_;
}

void Twins::note_log(const std::vector<LoggedId>& entries) {
  if (ids_agree()) return;
  for (const LoggedId& entry : entries) {
    if (!first_of(told_by_id_.query(entry.provider, entry.id, entry.own))) continue;
    do_agree_.run();
    ids_agree_ = true;
    return;
  }
}

bool Twins::has_twin(const NewMessage& message) {
  const bool is_logged = message.source == Source::logged;
  // That it was told is no news: most of a log. A repeat of what was told shows itself when it is stored.
  if (ids_agree()) {
    return is_logged && first_of(find_.query(message.provider, message.provider_id, message.own)).has_value();
  }
  const auto twin = is_logged ? twin_of_logged(message) : twin_of_told(message);
  if (!twin) return false;
  if (twin->value != 0) set_other_id_.run(message.provider_id, *twin);
  return true;
}

std::optional<MessageId> Twins::twin_of_logged(const NewMessage& message) {
  if (first_of(find_other_id_.query(message.provider_id, message.provider, message.own))) return MessageId{};
  if (auto same = first_of(find_.query(message.provider, message.provider_id, message.own))) return same;
  return first_of(find_told_.query(message.own, message.peer, message.text, message.parts.size(), message.provider,
                                   message.logged_at - kClockSlack, message.logged_at + kLatest));
}

std::optional<MessageId> Twins::twin_of_told(const NewMessage& message) {
  return first_of(find_logged_.query(message.own, message.peer, message.text, message.parts.size(), message.provider,
                                     message.provider_id, message.received_at - kLatest));
}

}  // namespace mmsgate::store
