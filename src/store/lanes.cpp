// SPDX-License-Identifier: Apache-2.0
#include "store/lanes.hpp"

#include <fmt/format.h>

namespace mmsgate::store {

Lanes::Lanes(Database& db)
    : has_first_(db, "SELECT 1 FROM deliveries WHERE lane = ? AND blocking = 1"),
      behind_(db, "SELECT id, waits_media FROM deliveries WHERE lane = ? AND blocking = 0 ORDER BY id LIMIT 1"),
      promote_(db, "UPDATE deliveries SET blocking = 1, due_at = ? WHERE id = ?") {}

std::string Lanes::name(Kind kind, const std::string& own, const std::string& peer, Target target,
                        const std::string& destination) {
  const char* prefix = kind == Kind::receipt ? "receipt|" : "";
  return fmt::format("{}{}|{}|{}|{}", prefix, own, peer, to_string(target), destination);
}

Place Lanes::enter(const std::string& lane) {
  Cursor row = has_first_.query(lane);
  return row.next() ? Place::behind : Place::first;
}

void Lanes::advance(const std::string& lane, TimePoint now) {
  DeliveryId next;
  bool waits_media = false;
  {
    Cursor row = behind_.query(lane);
    if (!row.next()) return;
    row.read(next, waits_media);
  }
  promote_.run(due_when_queued(Place::first, waits_media, now), next);
}

}  // namespace mmsgate::store
