// SPDX-License-Identifier: Apache-2.0
// The one place where a delivery changes its state: core's table decides, the row, the lane and the event log follow.
// Writer's thread, inside a transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/delivery_state.hpp"
#include "store/events.hpp"
#include "store/lanes.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

/// What a change depends on.
struct Standing {
  DeliveryId id;
  MessageId message;
  State state = State::queued;
  std::string lane;
  std::optional<Place> place;
  bool waits_media = false;
};

/// The columns of a Standing, of `deliveries d`, in the order in which read_standing() takes them.
inline constexpr std::string_view kStandingColumns = "d.id, d.message, d.state, d.lane, d.blocking, d.waits_media";

struct Change {
  Event event = Event::accepted;
  std::string_view reason;
  std::optional<TimePoint> next_try = {};  ///< With Event::postponed and interrupted; nothing: at once.
  std::string_view result_id = {};
  bool kept = false;  ///< With Event::accepted: by the proxy, for a phone that may be away.
};

class Mover {
 public:
  Mover(Database& db, EventLog& events, Lanes& lanes);

  /// Nothing: the table has no such step, and nothing has changed.
  std::optional<Step> move(const Standing& delivery, const Change& change, TimePoint now);

 private:
  EventLog& events_;
  Lanes& lanes_;
  Statement move_, keep_result_, mark_interrupted_, begin_anew_;
};

}  // namespace mmsgate::store
