// SPDX-License-Identifier: Apache-2.0
// What people are shown of messages, and what a carrier's log is compared with.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/delivery_state.hpp"
#include "core/ids.hpp"
#include "core/message.hpp"
#include "core/time.hpp"

namespace mmsgate::store {

/// A line of `mmsgate messages list`.
struct Summary {
  MessageId id;
  Direction direction = Direction::inbound;
  Kind kind = Kind::message;
  std::string own;
  std::string peer;
  std::string account;
  int parts = 0;
  std::string states;  ///< Of its deliveries, counted: "2 delivered, 1 deferred".
  TimePoint received_at;
};

struct EventLine {
  TimePoint at;
  DeliveryId delivery;  ///< 0: about the message as a whole.
  std::string state;
  std::string reason;
};

struct DeliveryLine {
  DeliveryId id;
  Target target = Target::phone;
  std::string destination;
  State state = State::queued;
  int tries = 0;
  std::optional<TimePoint> next_try;
  std::string call_id;
  std::string result_id;
};

/// Something that we sent to the carrier, or tried to.
struct SentLine {
  DeliveryId id;
  State state = State::queued;
  std::string text;
  int parts = 0;
  std::string result_id;
};

struct History {
  Summary summary;
  std::string provider;
  std::string provider_id;
  std::string participants;
  std::vector<Part> parts;
  std::vector<DeliveryLine> deliveries;
  std::vector<EventLine> events;
};

}  // namespace mmsgate::store
