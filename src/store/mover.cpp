// SPDX-License-Identifier: Apache-2.0
#include "store/mover.hpp"

namespace mmsgate::store {
namespace {

/// It may have left its lane meanwhile, or be older than what stands there.
bool is_to_wait_again(Event event) {
  return event == Event::postponed || event == Event::interrupted || event == Event::replayed || event == Event::lost;
}

}  // namespace

Mover::Mover(Database& db, EventLog& events, Lanes& lanes)
    : events_(events),
      lanes_(lanes),
      // Sent again, it is kept since it was kept first; ended otherwise, nobody keeps it.
      move_(db,
            "UPDATE deliveries SET state = ?1, blocking = ?2, due_at = ?3, kept_at = CASE WHEN ?4 THEN kept_at "
            "WHEN ?5 IS NOT NULL THEN ifnull(kept_at, ?5) END WHERE id = ?6"),
      keep_result_(db, "UPDATE deliveries SET result_id = ? WHERE id = ?"),
      mark_interrupted_(db, "UPDATE deliveries SET interrupted = 1 WHERE id = ?"),
      // A try of its former life stays in the count: the carrier is asked about it before the next one.
      begin_anew_(db, "UPDATE deliveries SET tries = min(tries, 1), interrupted = 0, born_at = ? WHERE id = ?") {}

std::optional<Step> Mover::move(const Standing& delivery, const Change& change, TimePoint now) {
  const auto step = next(delivery.state, change.event);
  if (!step) return std::nullopt;
  std::optional<Place> place = delivery.place;
  if (step->frees_lane) place.reset();
  const TimePoint next_try = change.next_try.value_or(now);
  if (is_to_wait_again(change.event)) place = lanes_.place_by_age(delivery.lane, delivery.id, delivery.place);
  std::optional<TimePoint> due;
  if (step->state == State::queued || step->state == State::deferred) {
    due = due_when_queued(place, delivery.waits_media, next_try);
  }
  const auto kept_at = change.kept ? std::optional(now) : std::nullopt;

  move_.run(step->state, place, due, !is_final(step->state), kept_at, delivery.id);
  if (!change.result_id.empty()) keep_result_.run(change.result_id, delivery.id);
  if (change.event == Event::interrupted) mark_interrupted_.run(delivery.id);
  if (change.event == Event::replayed || change.event == Event::lost) begin_anew_.run(now, delivery.id);
  events_.add(delivery.message, delivery.id, now, step->state, change.reason);
  if (delivery.place == Place::first && place != Place::first) lanes_.advance(delivery.lane, place ? next_try : now);
  return step;
}

}  // namespace mmsgate::store
