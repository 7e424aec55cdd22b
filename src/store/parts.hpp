// SPDX-License-Identifier: Apache-2.0
// The parts of messages: reading them, and having their bytes fetched. Inside a transaction of the thread that owns the
// Database.
#pragma once

#include <vector>

#include "store/blobs.hpp"
#include "store/events.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class PartReader {
 public:
  explicit PartReader(Database& db);
  /// In order.
  [[nodiscard]] std::vector<Part> read(MessageId message);

 private:
  Statement select_;
};

/// Writer's thread.
class Fetches {
 public:
  Fetches(Database& db, EventLog& events, Blobs& blobs);

  [[nodiscard]] ClaimedFetches claim(int limit, TimePoint now);
  /// False: the part is not wanted any more; nothing has changed.
  [[nodiscard]] bool record(const PartOutcome& outcome, TimePoint now);
  /// What was being fetched when we were stopped is due again.
  void recover(TimePoint now);

 private:
  /// Deliveries whose files are all settled now wait for them no longer.
  void settle(MessageId message, TimePoint now);

  EventLog& events_;
  Blobs& blobs_;
  Statement due_, mark_, next_due_, find_, keep_, postpone_, lose_, settle_, recover_;
};

}  // namespace mmsgate::store
