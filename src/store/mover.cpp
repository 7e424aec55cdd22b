// SPDX-License-Identifier: Apache-2.0
#include "store/mover.hpp"

namespace mmsgate::store {

Mover::Mover(Database& db, EventLog& events, Lanes& lanes)
    : events_(events),
      lanes_(lanes),
      move_(db, "UPDATE deliveries SET state = ?, blocking = ?, due_at = ? WHERE id = ?"),
      keep_result_(db, "UPDATE deliveries SET result_id = ? WHERE id = ?"),
      mark_interrupted_(db, "UPDATE deliveries SET interrupted = 1 WHERE id = ?"),
      // A try of its former life stays in the count: the carrier is asked about it before the next one.
      begin_anew_(db, "UPDATE deliveries SET tries = min(tries, 1), interrupted = 0, born_at = ? WHERE id = ?") {}

std::optional<Step> Mover::move(const Standing& delivery, const Change& change, TimePoint now) {
  const auto step = next(delivery.state, change.event);
  if (!step) return std::nullopt;
  std::optional<Place> place = delivery.place;
  if (step->frees_lane) place.reset();
  if (change.event == Event::replayed) place = lanes_.enter(delivery.lane);
  std::optional<TimePoint> due;
  if (step->state == State::queued) due = due_when_queued(place, delivery.waits_media, change.next_try.value_or(now));
  if (step->state == State::deferred) due = change.next_try.value_or(now);

  move_.run(step->state, place, due, delivery.id);
  if (!change.result_id.empty()) keep_result_.run(change.result_id, delivery.id);
  if (change.event == Event::interrupted) mark_interrupted_.run(delivery.id);
  if (change.event == Event::replayed) begin_anew_.run(now, delivery.id);
  events_.add(delivery.message, delivery.id, now, step->state, change.reason);
  if (delivery.place == Place::first && !place) lanes_.advance(delivery.lane, now);
  return step;
}

}  // namespace mmsgate::store
