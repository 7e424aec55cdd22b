// SPDX-License-Identifier: Apache-2.0
#include "store/upkeep.hpp"

#include <fmt/format.h>

#include "store/schema.hpp"

namespace mmsgate::store {
namespace {

std::string select_where(std::string_view condition, std::string_view index = "", std::string_view order = "ASC") {
  return fmt::format("SELECT {} FROM deliveries d {} WHERE {} ORDER BY d.id {}", kStandingColumns, index, condition,
                     order);
}

}  // namespace

Upkeep::Upkeep(Database& db, Mover& mover, Lanes& lanes)
    : db_(db),
      mover_(mover),
      lanes_(lanes),
      lane_of_(db, "SELECT lane FROM deliveries WHERE id = ? AND state = 1 AND blocking = 1"),
      leave_lane_(db, "UPDATE deliveries SET blocking = NULL WHERE id = ?"),
      deferred_(db, select_where("d.destination = ? AND state = 4 AND d.target = 0")),
      // Named, or the order by id would make it walk through everything that was ever delivered. The oldest last: each
      // goes before those that wait already, and not before one that is still under way.
      sending_(db, select_where(fmt::format("{} AND d.state = 1 AND d.target = ?", kOpen), "INDEXED BY deliveries_open",
                                "DESC")),
      kept_(db, select_where("d.state = 2 AND d.kept_at >= ?", "INDEXED BY deliveries_kept")),
      // What nobody could be named for has nowhere to go the second time either.
      ended_badly_(db, select_where("d.message = ? AND d.state IN (5, 6, 7) AND d.destination <> ''")),
      // A file's age is that of its message.
      shift_messages_(db,
                      "UPDATE messages SET received_at = received_at + ? WHERE id IN "
                      "(SELECT message FROM parts INDEXED BY parts_wanted WHERE state = 0)"),
      shift_parts_(db, "UPDATE parts INDEXED BY parts_wanted SET due_at = due_at + ? WHERE state = 0"),
      shift_kept_(db,
                  "UPDATE deliveries INDEXED BY deliveries_kept SET kept_at = kept_at + ? "
                  "WHERE state = 2 AND kept_at IS NOT NULL"),
      shift_deliveries_(db, fmt::format("UPDATE deliveries INDEXED BY deliveries_open SET born_at = born_at + ?1, "
                                        "due_at = due_at + ?1 WHERE {}",
                                        kOpen)),
      shift_handouts_(db, "UPDATE handouts SET made_at = made_at + ?1, until = until + ?1") {}

bool Upkeep::free_lane(DeliveryId id, TimePoint now) {
  std::string lane;
  {
    Cursor row = lane_of_.query(id);
    if (!row.next()) return false;
    row.read(lane);
  }
  leave_lane_.run(id);
  lanes_.advance(lane, now);
  return true;
}

int Upkeep::release(const std::string& destination, TimePoint now) {
  return move_all(read(deferred_.query(destination)), {Event::released, "the phone is there"}, now);
}

int Upkeep::recover(TimePoint now, TimePoint carrier_due) {
  constexpr const char* kReason = "the gateway was stopped in the middle of a try";
  const int phones = move_all(read(sending_.query(Target::phone)), {Event::interrupted, kReason}, now);
  const Change carrier{.event = Event::interrupted, .reason = kReason, .next_try = carrier_due};
  return phones + move_all(read(sending_.query(Target::carrier)), carrier, now);
}

int Upkeep::send_again(TimePoint kept_since, TimePoint now) {
  return move_all(read(kept_.query(kept_since)), {Event::lost, "the proxy that kept it was started anew"}, now);
}

int Upkeep::replay(MessageId message, TimePoint now) {
  return move_all(read(ended_badly_.query(message)), {Event::replayed, "a person asked for it again"}, now);
}

int Upkeep::shift(Duration by) {
  shift_messages_.run(by.count());
  shift_parts_.run(by.count());
  shift_handouts_.run(by.count());
  shift_kept_.run(by.count());
  shift_deliveries_.run(by.count());
  return static_cast<int>(db_.changes());
}

std::vector<Standing> Upkeep::read(Cursor rows) {
  std::vector<Standing> found;
  while (rows.next()) {
    Standing& each = found.emplace_back();
    rows.read(each.id, each.message, each.state, each.lane, each.place, each.waits_media);
  }
  return found;
}

int Upkeep::move_all(const std::vector<Standing>& deliveries, const Change& change, TimePoint now) {
  int moved = 0;
  for (const Standing& each : deliveries) moved += mover_.move(each, change, now) ? 1 : 0;
  return moved;
}

}  // namespace mmsgate::store
