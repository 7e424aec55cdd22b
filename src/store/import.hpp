// SPDX-License-Identifier: Apache-2.0
// What is taken over from the database of the first MMSGate: its rows, and what each means here. Plain values; any
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "core/message.hpp"

namespace mmsgate::store {

/// A row of its table send_msgs, as it stands there. A NULL is an empty text or 0.
struct OldRow {
  std::int64_t row = 0;  ///< SQLite's number; VACUUM may change it, the order stays.
  TimePoint received;
  TimePoint tried;  ///< When it was tried last; 1970: never.
  std::string from, to;
  std::string did;
  std::string type;  ///< "SMS": `message` is text; "MMS": it is the XML of files.
  std::string message;
  std::string status;  ///< "QUEUED", "TRYING", "200", "202", "API ERR", ...
  std::string carrier_id;
  int tries = 0;
  bool outgoing = false;  ///< From a phone; else to one.
};

/// What a row means: a piece of a message with the deliveries of this piece. Rows of the same identity (provider,
/// provider_id, own) become one message.
struct Import {
  NewMessage piece;
  TimePoint at;            ///< When its deliveries came into the state they have.
  TimePoint born_at;       ///< When the time to live of those that are open begins.
  bool was_tried = false;  ///< Those that are open may have arrived already.
  bool is_whole = false;   ///< No other row belongs to the message; `own` may be known better the next time.
};

struct Imported {
  int messages = 0;    ///< New ones.
  int deliveries = 0;  ///< New ones.
  int waiting = 0;     ///< Of those, the ones that still have to go somewhere.
  int known = 0;       ///< Rows that brought nothing new.
  Imported& operator+=(const Imported& more);
};

}  // namespace mmsgate::store
