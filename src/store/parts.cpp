// SPDX-License-Identifier: Apache-2.0
#include "store/parts.hpp"

#include <algorithm>

namespace mmsgate::store {

static_assert(static_cast<int>(PartState::wanted) == 0 && static_cast<int>(PartState::stored) == 1 &&
              static_cast<int>(PartState::lost) == 2);

PartReader::PartReader(Database& db)
    : select_(db,
              "SELECT p.id, p.type, p.name, p.size, p.source_url, p.blob, b.until, p.state, p.reason FROM parts p "
              "LEFT JOIN blobs b ON b.id = p.blob WHERE p.message = ? ORDER BY p.ordinal") {}

std::vector<Part> PartReader::read(MessageId message) {
  std::vector<Part> parts;
  Cursor row = select_.query(message);
  while (row.next()) {
    Part& part = parts.emplace_back();
    row.read(part.id, part.type, part.name, part.size, part.source_url, part.blob, part.until, part.state, part.reason);
  }
  return parts;
}

Fetches::Fetches(Database& db, EventLog& events, Blobs& blobs)
    : events_(events),
      blobs_(blobs),
      due_(db,
           "SELECT p.id, p.message, p.source_url, p.type, p.name, p.tries + 1, m.received_at FROM parts p "
           "JOIN messages m ON m.id = p.message WHERE p.state = 0 AND p.due_at <= ? ORDER BY p.due_at, p.id LIMIT ?"),
      mark_(db, "UPDATE parts SET tries = ?, due_at = NULL WHERE id = ?"),
      next_due_(db, "SELECT due_at FROM parts WHERE state = 0 AND due_at > -1 ORDER BY due_at LIMIT 1"),
      find_(db, "SELECT message FROM parts WHERE id = ? AND state = 0"),
      keep_(
          db,
          "UPDATE parts SET state = 1, blob = ?, type = ?, name = ?, size = ?, reason = ?, due_at = NULL WHERE id = ?"),
      postpone_(db, "UPDATE parts SET due_at = ?, reason = ? WHERE id = ?"),
      lose_(db, "UPDATE parts SET state = 2, reason = ?, due_at = NULL WHERE id = ?"),
      settle_(db,
              "UPDATE deliveries SET waits_media = 0, due_at = CASE WHEN blocking = 1 AND state = 0 THEN ?2 ELSE "
              "due_at END "
              "WHERE message = ?1 AND waits_media = 1 AND NOT EXISTS (SELECT 1 FROM parts p "
              "WHERE p.message = ?1 AND p.state = 0 AND p.ordinal >= deliveries.first_part "
              "AND p.ordinal < deliveries.first_part + deliveries.part_count)"),
      recover_(db, "UPDATE parts SET due_at = ? WHERE state = 0 AND due_at IS NULL") {}

ClaimedFetches Fetches::claim(int limit, TimePoint now) {
  ClaimedFetches claimed;
  {
    Cursor row = due_.query(now, std::max(limit, 0));
    while (row.next()) {
      Fetch& fetch = claimed.fetches.emplace_back();
      row.read(fetch.id, fetch.message, fetch.url, fetch.type, fetch.name, fetch.tries, fetch.accepted_at);
    }
  }
  for (const Fetch& fetch : claimed.fetches) mark_.run(fetch.tries, fetch.id);
  Cursor row = next_due_.query();
  if (row.next()) row.read(claimed.next_due);
  return claimed;
}

bool Fetches::record(const PartOutcome& outcome, TimePoint now) {
  MessageId message;
  {
    Cursor row = find_.query(outcome.id);
    if (!row.next()) return false;
    row.read(message);
  }
  if (outcome.blob) {
    blobs_.add(*outcome.blob);
    keep_.run(outcome.blob->id, outcome.blob->type, outcome.blob->name, outcome.blob->size, outcome.reason, outcome.id);
    events_.add(message, now, "file stored", outcome.reason);
  } else if (outcome.next_try) {
    postpone_.run(*outcome.next_try, outcome.reason, outcome.id);
    events_.add(message, now, "file wanted", outcome.reason);
    return true;
  } else {
    lose_.run(outcome.reason, outcome.id);
    events_.add(message, now, "file lost", outcome.reason);
  }
  settle(message, now);
  return true;
}

void Fetches::settle(MessageId message, TimePoint now) { settle_.run(message, now); }

void Fetches::recover(TimePoint now) { recover_.run(now); }

}  // namespace mmsgate::store
