// SPDX-License-Identifier: Apache-2.0
// What moves deliveries other than a try of theirs: the proxy has one in hand, a phone has come, we were stopped, the
// proxy was, a person says so. Writer's thread, inside a transaction.
#pragma once

#include <string>
#include <vector>

#include "store/lanes.hpp"
#include "store/mover.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class Upkeep {
 public:
  Upkeep(Database& db, Mover& mover, Lanes& lanes);

  /// False: it does not hold its lane, or is not under way.
  [[nodiscard]] bool free_lane(DeliveryId id, TimePoint now);
  [[nodiscard]] int release(const std::string& destination, TimePoint now);
  [[nodiscard]] int recover(TimePoint now, TimePoint carrier_due);
  /// What a proxy has kept since then or later, and has lost.
  [[nodiscard]] int send_again(TimePoint kept_since, TimePoint now);
  [[nodiscard]] int replay(MessageId message, TimePoint now);
  [[nodiscard]] int shift(Duration by);

 private:
  [[nodiscard]] static std::vector<Standing> read(Cursor rows);
  [[nodiscard]] int move_all(const std::vector<Standing>& deliveries, const Change& change, TimePoint now);

  Database& db_;
  Mover& mover_;
  Lanes& lanes_;
  Statement lane_of_, leave_lane_, deferred_, sending_, kept_, ended_badly_, shift_messages_, shift_parts_, shift_kept_,
      shift_deliveries_, shift_handouts_;
};

}  // namespace mmsgate::store
