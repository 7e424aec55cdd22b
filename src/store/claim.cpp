// SPDX-License-Identifier: Apache-2.0
#include "store/claim.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "store/schema.hpp"

namespace mmsgate::store {

Claimer::Claimer(Database& db, EventLog& events)
    : events_(events),
      parts_(db),
      due_(db,
           fmt::format("SELECT d.id, d.message, d.destination, d.text_at, d.text_bytes, d.first_part, d.part_count, "
                       "d.call_id, d.tries + 1, d.interrupted, d.born_at, m.direction, m.kind, m.own, m.peer, "
                       "m.account, m.text, m.subject_id, m.participants, m.part_count "
                       "FROM deliveries d JOIN messages m ON m.id = d.message "
                       "WHERE d.target = ? AND d.due_at <= ? AND {} ORDER BY d.due_at, d.id LIMIT ?",
                       kOpen)),
      mark_(db, "UPDATE deliveries SET state = ?, tries = ?, due_at = NULL WHERE id = ?"),
      // -1: those without a time come before all others in the index.
      next_due_(db, fmt::format("SELECT due_at FROM deliveries WHERE target = ? AND due_at > -1 AND {} "
                                "ORDER BY due_at LIMIT 1",
                                kOpen)),
      // Who stands behind has no time: it is found by its lane. CROSS JOIN keeps the order, so that both walk an index.
      ready_(db, fmt::format("SELECT 1 FROM deliveries WHERE {0} UNION ALL "
                             "SELECT 1 FROM (SELECT lane FROM deliveries WHERE {0}) due "
                             "CROSS JOIN deliveries behind ON behind.lane = due.lane AND behind.blocking = 0 AND "
                             "behind.waits_media = 0 LIMIT ?3",
                             fmt::format("target = ?1 AND due_at > -1 AND due_at <= ?2 AND {}", kOpen))) {}

Claimed Claimer::claim(Target target, int limit, TimePoint now, int count_to) {
  Claimed claimed;
  if (count_to > 0) claimed.ready = ready(target, now, count_to);
  claimed.jobs = due(target, limit, now);
  for (const Job& job : claimed.jobs) {
    mark_.run(State::sending, job.tries, job.id);
    events_.add(job.message, job.id, now, State::sending, fmt::format("try {}", job.tries));
  }
  Cursor row = next_due_.query(target);
  if (row.next()) row.read(claimed.next_due);
  return claimed;
}

int Claimer::ready(Target target, TimePoint now, int count_to) {
  int ready = 0;
  Cursor row = ready_.query(target, now, count_to);
  while (row.next()) ++ready;
  return ready;
}

std::vector<Job> Claimer::due(Target target, int limit, TimePoint now) {
  std::vector<Job> jobs;
  // Read to the end before the rows are changed: the walk is along the index that the change moves them in.
  Cursor row = due_.query(target, now, std::max(limit, 0));  // SQL reads a negative LIMIT as none
  while (row.next()) {
    Job& job = jobs.emplace_back();
    int parts = 0;
    row.read(job.id, job.message, job.destination, job.slice.text_at, job.slice.text_bytes, job.slice.first_part,
             job.slice.part_count, job.call_id, job.tries, job.interrupted, job.accepted_at, job.direction, job.kind,
             job.own, job.peer, job.account, job.text, job.subject_id, job.participants, parts);
    job.target = target;
    if (parts > 0) job.parts = parts_.read(job.message);
  }
  return jobs;
}

}  // namespace mmsgate::store
