// SPDX-License-Identifier: Apache-2.0
#include "store/queries.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/schema.hpp"

namespace mmsgate::store {
namespace {

constexpr std::string_view kSummaryColumns = "id, direction, kind, own, peer, account, part_count, received_at";

}  // namespace

Queries::Queries(Database& db)
    : parts_(db),
      mark_(db, "SELECT at FROM marks WHERE name = ?"),
      accepted_(db, "SELECT 1 FROM messages WHERE provider = ? AND provider_id = ? AND own = ?"),
      result_(db, "SELECT 1 FROM deliveries WHERE result_id = ? AND result_id <> ''"),
      sent_(db,
            "SELECT d.id, d.state, substr(CAST(m.text AS BLOB), d.text_at + 1, d.text_bytes), d.part_count, "
            "d.result_id FROM deliveries d JOIN messages m ON m.id = d.message WHERE d.target = 1 AND "
            "d.destination = ? AND d.born_at BETWEEN ? AND ? AND m.own = ? ORDER BY d.born_at DESC"),
      newest_(db, fmt::format("SELECT {} FROM messages ORDER BY id DESC LIMIT ?", kSummaryColumns)),
      newest_open_(db, fmt::format("SELECT {} FROM messages WHERE id IN (SELECT message FROM deliveries WHERE {}) "
                                   "ORDER BY id DESC LIMIT ?",
                                   kSummaryColumns, kOpen)),
      states_(db, "SELECT count(*), state FROM deliveries WHERE message = ? GROUP BY state ORDER BY state"),
      message_(db, fmt::format("SELECT {}, provider, provider_id, participants FROM messages WHERE id = ?",
                               kSummaryColumns)),
      deliveries_(db,
                  "SELECT id, target, destination, state, tries, due_at, call_id, result_id FROM deliveries "
                  "WHERE message = ? ORDER BY id"),
      events_(db, "SELECT at, delivery, state, reason FROM events WHERE message = ? ORDER BY number"),
      counts_(db, fmt::format("SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM deliveries WHERE {}), "
                              "(SELECT count(*) FROM deliveries WHERE state = 6)",
                              kOpen)) {
  static_assert(static_cast<int>(State::dead) == 6);
}

std::optional<TimePoint> Queries::mark(std::string_view name) {
  std::optional<TimePoint> at;
  Cursor row = mark_.query(name);
  if (row.next()) row.read(at);
  return at;
}

bool Queries::has_message(const std::string& provider, const std::string& provider_id, const std::string& own) {
  Cursor row = accepted_.query(provider, provider_id, own);
  return row.next();
}

bool Queries::has_result(const std::string& result_id) {
  Cursor row = result_.query(result_id);
  return row.next();
}

std::vector<SentLine> Queries::sent(const std::string& own, const std::string& destination, TimePoint since,
                                    TimePoint until) {
  std::vector<SentLine> lines;
  Cursor row = sent_.query(destination, since, until, own);
  while (row.next()) {
    SentLine& line = lines.emplace_back();
    row.read(line.id, line.state, line.text, line.parts, line.result_id);
  }
  return lines;
}

std::vector<Summary> Queries::list(int limit, bool only_open) {
  std::vector<Summary> lines;
  Cursor row = (only_open ? newest_open_ : newest_).query(std::max(limit, 0));
  while (row.next()) {
    Summary& line = lines.emplace_back();
    row.read(line.id, line.direction, line.kind, line.own, line.peer, line.account, line.parts, line.received_at);
    line.states = states_of(line.id);
  }
  return lines;
}

std::optional<History> Queries::history(MessageId id) {
  History history;
  Summary& line = history.summary;
  {
    Cursor row = message_.query(id);
    if (!row.next()) return std::nullopt;
    row.read(line.id, line.direction, line.kind, line.own, line.peer, line.account, line.parts, line.received_at,
             history.provider, history.provider_id, history.participants);
  }
  line.states = states_of(id);
  history.parts = parts_.read(id);
  history.deliveries = deliveries_of(id);
  history.events = events_of(id);
  return history;
}

Counts Queries::counts() {
  Counts counts;
  Cursor row = counts_.query();
  if (row.next()) row.read(counts.messages, counts.open, counts.dead);
  return counts;
}

std::string Queries::states_of(MessageId message) {
  std::string text;
  Cursor row = states_.query(message);
  while (row.next()) {
    int count = 0;
    State state{};
    row.read(count, state);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(state));
  }
  return text;
}

std::vector<DeliveryLine> Queries::deliveries_of(MessageId message) {
  std::vector<DeliveryLine> lines;
  Cursor row = deliveries_.query(message);
  while (row.next()) {
    DeliveryLine& line = lines.emplace_back();
    row.read(line.id, line.target, line.destination, line.state, line.tries, line.next_try, line.call_id,
             line.result_id);
  }
  return lines;
}

std::vector<EventLine> Queries::events_of(MessageId message) {
  std::vector<EventLine> lines;
  Cursor row = events_.query(message);
  while (row.next()) {
    EventLine& line = lines.emplace_back();
    row.read(line.at, line.delivery, line.state, line.reason);
  }
  return lines;
}

}  // namespace mmsgate::store
