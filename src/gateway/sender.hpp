// SPDX-License-Identifier: Apache-2.0
// One try of one delivery: the seam between the engine, which knows the store, and the two ways out, which know the
// wire.
#pragma once

#include <functional>
#include <string>

#include "core/delivery_state.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

/// How a try ended.
struct Verdict {
  Event event = Event::postponed;  ///< accepted, refused or postponed.
  std::string reason;              ///< For the event log, and for the sender when it is bad.
  std::string result_id;           ///< The carrier's id.
  bool kept = false;               ///< accepted, by a proxy that keeps it: the phone may be away.
  bool unclear = false;            ///< postponed, by an answer that nobody has documented: not to be tried for days.
  bool unsettled = false;          ///< postponed; it may be under way there still, and be done after all.
  bool slow = false;               ///< postponed, until a person acts or a quota refills: seconds will not help.
};

/// Called from any thread: `in_hand` at most once and before `ended`; `ended` once.
struct Report {
  std::function<void()> in_hand;  ///< The other side has shown that it has it; it has not said yes.
  std::function<void(Verdict)> ended;
};

class Sender {
 public:
  virtual ~Sender() = default;
  /// Called on the gateway's loop; must not block.
  virtual void send(const store::Job& job, Report report) = 0;
};

}  // namespace mmsgate::gateway
