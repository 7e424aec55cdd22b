// SPDX-License-Identifier: Apache-2.0
// Taking deliveries that are due: they stand as `sending` on disk before anybody sends them. Writer's thread, inside a
// transaction.
#pragma once

#include <vector>

#include "store/events.hpp"
#include "store/parts.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Claimer {
 public:
  Claimer(Database& db, EventLog& events);

  [[nodiscard]] Claimed claim(Target target, int limit, TimePoint now, int count_to);

 private:
  [[nodiscard]] int ready(Target target, TimePoint now, int count_to);
  [[nodiscard]] std::vector<Job> due(Target target, int limit, TimePoint now);

  EventLog& events_;
  PartReader parts_;
  Statement due_, mark_, next_due_, ready_;
};

}  // namespace mmsgate::store
