// SPDX-License-Identifier: Apache-2.0
// The life of a delivery as a pure table: next(state, event) -> (state, what to do). Everything that moves a delivery
// asks here; docs/delivery.md prints this table. Plain values; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace mmsgate {

/// The numbers are stored; do not renumber.
enum class State {
  queued = 0,     ///< Accepted from its sender and on disk; may be tried now.
  sending = 1,    ///< Handed to the proxy or the carrier; no final answer yet.
  accepted = 2,   ///< The proxy (202, 200) or the carrier (success) took it.
  delivered = 3,  ///< A handset said that it has it (IMDN).
  deferred = 4,   ///< Could not be sent now; tried again at a time, or at once when the phone registers.
  failed = 5,     ///< Refused for good; its sender was told.
  dead = 6,       ///< Could not be delivered in the time allowed; its sender was told; can be replayed.
  held = 7,       ///< Stopped by a person.
};

enum class Event {
  claimed,      ///< Taken up for a try.
  accepted,     ///< The other side took it.
  delivered,    ///< A receipt from the handset came.
  refused,      ///< The other side will never take it.
  postponed,    ///< The other side cannot take it now.
  expired,      ///< Could not be sent, and its time is over.
  interrupted,  ///< We were stopped in the middle of a try and do not know how it ended.
  released,     ///< A reason to try at once: the phone has registered, a person said so.
  held,         ///< A person stopped it.
  replayed,     ///< A person wants it tried again from the start.
  found,        ///< The other side's log shows that it took it after all.
  lost,         ///< Whoever had taken it, and kept it for a phone that was away, has forgotten it.
};

/// What must happen in the same transaction as the change of state.
struct Step {
  State state;
  bool frees_lane = false;    ///< The next one of its lane may go.
  bool tells_sender = false;  ///< The sender is told how it ended (receipt, notice).

  bool operator==(const Step&) const = default;
};

/// Nothing: the event means nothing in that state and changes nothing (a second receipt, a late answer).
[[nodiscard]] std::optional<Step> next(State state, Event event);

/// Nothing more is done for it by itself, unless it gets lost.
[[nodiscard]] bool is_final(State state);

[[nodiscard]] std::string_view to_string(State state);
[[nodiscard]] std::string_view to_string(Event event);

inline constexpr std::array kAllStates{State::queued,   State::sending, State::accepted, State::delivered,
                                       State::deferred, State::failed,  State::dead,     State::held};
inline constexpr std::array kAllEvents{Event::claimed,   Event::accepted, Event::delivered,   Event::refused,
                                       Event::postponed, Event::expired,  Event::interrupted, Event::released,
                                       Event::held,      Event::replayed, Event::found,       Event::lost};

}  // namespace mmsgate
