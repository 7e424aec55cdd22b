// SPDX-License-Identifier: Apache-2.0
#include "store/lanes.hpp"

#include <fmt/format.h>

namespace mmsgate::store {

Lanes::Lanes(Database& db)
    : first_(db, "SELECT id, state FROM deliveries WHERE lane = ? AND blocking = 1"),
      behind_(db, "SELECT id, waits_media FROM deliveries WHERE lane = ? AND blocking = 0 ORDER BY id LIMIT 1"),
      promote_(db, "UPDATE deliveries SET blocking = 1, due_at = ? WHERE id = ?"),
      step_back_(db, "UPDATE deliveries SET blocking = 0, due_at = NULL WHERE id = ?") {}

std::string Lanes::name(Kind kind, const std::string& own, const std::string& peer, Target target,
                        const std::string& destination) {
  const char* prefix = kind == Kind::receipt ? "receipt|" : "";
  return fmt::format("{}{}|{}|{}|{}", prefix, own, peer, to_string(target), destination);
}

Place Lanes::enter(const std::string& lane) {
  Cursor row = first_.query(lane);
  return row.next() ? Place::behind : Place::first;
}

Place Lanes::place_by_age(const std::string& lane, DeliveryId id, std::optional<Place> place) {
  DeliveryId other;
  bool waits_media = false;
  if (place == Place::first) {
    Cursor row = behind_.query(lane);
    if (!row.next()) return Place::first;
    row.read(other, waits_media);
    return other.value < id.value ? Place::behind : Place::first;
  }
  State state{};
  {
    Cursor row = first_.query(lane);
    if (!row.next()) return Place::first;
    row.read(other, state);
  }
  if (state == State::sending || other.value < id.value) return Place::behind;
  step_back_.run(other);
  return Place::first;
}

void Lanes::advance(const std::string& lane, TimePoint due) {
  DeliveryId next;
  bool waits_media = false;
  {
    Cursor row = behind_.query(lane);
    if (!row.next()) return;
    row.read(next, waits_media);
  }
  promote_.run(due_when_queued(Place::first, waits_media, due), next);
}

}  // namespace mmsgate::store
