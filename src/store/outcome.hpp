// SPDX-License-Identifier: Apache-2.0
// How a try ended, and what a handset says of it: the delivery moves, and what follows from it (notices, ticks) is
// stored with it. Writer's thread, inside a transaction.
#pragma once

#include <string>

#include "store/accept.hpp"
#include "store/mover.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Outcomes {
 public:
  Outcomes(Database& db, Mover& mover, Acceptor& acceptor);

  [[nodiscard]] Recorded record(const Outcome& outcome, TimePoint now, const FollowUp& follow_up);
  [[nodiscard]] Recorded receipt(const HandsetWord& word, TimePoint now, const FollowUp& follow_up);

 private:
  /// A delivery, and what is to be said of its message.
  struct Found {
    Standing standing;
    Recorded recorded;
  };
  [[nodiscard]] static std::optional<Found> read(Cursor row);
  [[nodiscard]] Recorded apply(std::optional<Found> found, const Change& change, TimePoint now,
                               const FollowUp& follow_up);
  /// How the whole message stands.
  void tally(Recorded& recorded);

  Mover& mover_;
  Acceptor& acceptor_;
  Statement by_id_, by_call_, states_;
};

}  // namespace mmsgate::store
