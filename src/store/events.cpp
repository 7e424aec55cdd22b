// SPDX-License-Identifier: Apache-2.0
#include "store/events.hpp"

namespace mmsgate::store {

// Rows lie together by message and are numbered within it: reading a history, and adding to it, touches one page.
EventLog::EventLog(Database& db)
    : insert_(db,
              "INSERT INTO events (message, number, delivery, at, state, reason) VALUES "
              "(?1, (SELECT ifnull(max(number), 0) + 1 FROM events WHERE message = ?1), ?2, ?3, ?4, ?5)") {}

void EventLog::add(MessageId message, DeliveryId delivery, TimePoint at, State state, std::string_view reason) {
  insert_.run(message, delivery, at, to_string(state), reason);
}

void EventLog::add(MessageId message, TimePoint at, std::string_view word, std::string_view reason) {
  insert_.run(message, DeliveryId{}, at, word, reason);
}

}  // namespace mmsgate::store
