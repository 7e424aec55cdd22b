// SPDX-License-Identifier: Apache-2.0
// The event log: one row a change, in the transaction that makes the change. Writer's thread.
#pragma once

#include <string_view>

#include "core/delivery_state.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class EventLog {
 public:
  explicit EventLog(Database& db);

  void add(MessageId message, DeliveryId delivery, TimePoint at, State state, std::string_view reason);
  /// About the message as a whole.
  void add(MessageId message, TimePoint at, std::string_view word, std::string_view reason);

 private:
  Statement insert_;
};

}  // namespace mmsgate::store
