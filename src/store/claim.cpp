// SPDX-License-Identifier: Apache-2.0
#include "store/claim.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/schema.hpp"

namespace mmsgate::store {
namespace {

constexpr Duration kLate = std::chrono::seconds(1);

}  // namespace

Claimer::Claimer(Database& db, EventLog& events)
    : events_(events),
      parts_(db),
      due_(db,
           fmt::format("SELECT d.id, d.message, d.destination, d.text_at, d.text_bytes, d.first_part, d.part_count, "
                       "d.call_id, d.tries + 1, d.interrupted, d.born_at, m.direction, m.kind, m.own, m.peer, "
                       "m.account, m.text, m.subject_id, m.participants, m.part_count, d.due_at "
                       "FROM deliveries d JOIN messages m ON m.id = d.message "
                       "WHERE d.target = ? AND d.due_at <= ? AND {} ORDER BY d.due_at, d.id LIMIT ?",
                       kOpen)),
      mark_(db, "UPDATE deliveries SET state = ?, tries = ?, due_at = NULL WHERE id = ?"),
      // -1: those without a time come before all others in the index.
      next_due_(db, fmt::format("SELECT due_at FROM deliveries WHERE target = ? AND due_at > -1 AND {} "
                                "ORDER BY due_at LIMIT 1",
                                kOpen)),
      still_due_(db, fmt::format("SELECT count(*) FROM (SELECT 1 FROM deliveries WHERE target = ? AND due_at > -1 AND "
                                 "due_at <= ? AND {} LIMIT {})",
                                 kOpen, kManyDue)) {}

Claimed Claimer::claim(Target target, int limit, TimePoint now) {
  Claimed claimed;
  claimed.jobs = due(target, limit, now, claimed.late);
  for (const Job& job : claimed.jobs) {
    mark_.run(State::sending, job.tries, job.id);
    events_.add(job.message, job.id, now, State::sending, fmt::format("try {}", job.tries));
  }
  Cursor row = next_due_.query(target);
  if (row.next()) row.read(claimed.next_due);
  if (claimed.late >= kLate) {
    Cursor count = still_due_.query(target, now);
    if (count.next()) count.read(claimed.still_due);
  }
  return claimed;
}

std::vector<Job> Claimer::due(Target target, int limit, TimePoint now, Duration& late) {
  std::vector<Job> jobs;
  // Read to the end before the rows are changed: the walk is along the index that the change moves them in.
  Cursor row = due_.query(target, now, std::max(limit, 0));  // SQL reads a negative LIMIT as none
  while (row.next()) {
    Job& job = jobs.emplace_back();
    int parts = 0;
    TimePoint due_at;
    row.read(job.id, job.message, job.destination, job.slice.text_at, job.slice.text_bytes, job.slice.first_part,
             job.slice.part_count, job.call_id, job.tries, job.interrupted, job.accepted_at, job.direction, job.kind,
             job.own, job.peer, job.account, job.text, job.subject_id, job.participants, parts, due_at);
    late = std::max(late, now - due_at);
    job.target = target;
    if (parts > 0) job.parts = parts_.read(job.message);
  }
  return jobs;
}

}  // namespace mmsgate::store
