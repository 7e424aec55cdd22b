// SPDX-License-Identifier: Apache-2.0
#include "store/outcome.hpp"

#include <fmt/format.h>

namespace mmsgate::store {
namespace {

std::string select_where(std::string_view condition) {
  return fmt::format(
      "SELECT {}, d.destination, m.direction, m.kind, m.own, m.peer, m.account, m.subject_id, m.received_at "
      "FROM deliveries d JOIN messages m ON m.id = d.message WHERE {}",
      kStandingColumns, condition);
}

}  // namespace

Outcomes::Outcomes(Database& db, Mover& mover, Acceptor& acceptor)
    : mover_(mover),
      acceptor_(acceptor),
      by_id_(db, select_where("d.id = ?")),
      // The second condition is the index's own.
      by_call_(db, select_where("d.call_id = ? AND d.call_id <> '' AND d.destination = ?")),
      states_(db, "SELECT state FROM deliveries WHERE message = ?") {}

Recorded Outcomes::record(const Outcome& outcome, TimePoint now, const FollowUp& follow_up) {
  const Change change{.event = outcome.event,
                      .reason = outcome.reason,
                      .next_try = outcome.next_try,
                      .result_id = outcome.result_id,
                      .kept = outcome.kept};
  auto found = read(by_id_.query(outcome.id));
  if (found) found->recorded.found = outcome.event == Event::found;
  return apply(std::move(found), change, now, follow_up);
}

Recorded Outcomes::receipt(const HandsetWord& word, TimePoint now, const FollowUp& follow_up) {
  const Change change{.event = Event::delivered,
                      .reason = word.displayed ? "the phone has shown it" : "the phone says that it has it"};
  auto found = read(by_call_.query(word.call_id, word.account));
  if (found) found->recorded.displayed = word.displayed;
  return apply(std::move(found), change, now, follow_up);
}

std::optional<Outcomes::Found> Outcomes::read(Cursor row) {
  if (!row.next()) return std::nullopt;
  Found found;
  Standing& standing = found.standing;
  Recorded& recorded = found.recorded;
  row.read(standing.id, standing.message, standing.state, standing.lane, standing.place, standing.waits_media,
           recorded.destination, recorded.direction, recorded.kind, recorded.own, recorded.peer, recorded.account,
           recorded.subject_id, recorded.accepted_at);
  recorded.message = standing.message;
  return found;
}

Recorded Outcomes::apply(std::optional<Found> found, const Change& change, TimePoint now, const FollowUp& follow_up) {
  if (!found) return {};
  const State before = found->standing.state;
  const auto step = mover_.move(found->standing, change, now);
  Recorded recorded = std::move(found->recorded);
  // That a person has seen it is often said after the handset's first word.
  if (!step && !(recorded.displayed && before == State::delivered)) return {};
  recorded.state = step ? step->state : before;
  recorded.tells_sender = !step || step->tells_sender;
  recorded.reason = change.reason;
  tally(recorded);
  const int news = follow_up ? acceptor_.accept(follow_up(recorded)).added : 0;
  recorded.changed = step || news > 0;
  return recorded.changed ? recorded : Recorded{};
}

void Outcomes::tally(Recorded& recorded) {
  recorded.message_settled = true;
  Cursor row = states_.query(recorded.message);
  while (row.next()) {
    State state{};
    row.read(state);
    if (!is_final(state)) recorded.message_settled = false;
    if (state == State::accepted || state == State::delivered) ++recorded.reached;
    if (state == State::failed || state == State::dead) ++recorded.lost;
  }
}

}  // namespace mmsgate::store
