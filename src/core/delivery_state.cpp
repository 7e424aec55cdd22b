// SPDX-License-Identifier: Apache-2.0
#include "core/delivery_state.hpp"

namespace mmsgate {
namespace {

/// Waiting for a try: it holds its lane, so that what comes behind it keeps its order.
std::optional<Step> from_waiting(Event event) {
  switch (event) {
    case Event::claimed:
      return Step{State::sending};
    case Event::released:
      return Step{State::queued};
    case Event::held:
      return Step{State::held, /*frees_lane=*/true};
    case Event::expired:
      return Step{State::dead, /*frees_lane=*/true, /*tells_sender=*/true};
    // A receipt for what we think is not sent yet: our try reached the handset though its answer did not reach us.
    case Event::delivered:
      return Step{State::delivered, /*frees_lane=*/true, /*tells_sender=*/true};
    case Event::accepted:
    case Event::refused:
    case Event::postponed:
    case Event::interrupted:
    case Event::replayed:
    case Event::found:
    case Event::lost:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Step> from_sending(Event event) {
  switch (event) {
    case Event::accepted:
      return Step{State::accepted, true, true};
    case Event::delivered:
      return Step{State::delivered, true, true};
    case Event::refused:
      return Step{State::failed, true, true};
    case Event::postponed:
      return Step{State::deferred};
    case Event::expired:
      return Step{State::dead, true, true};
    case Event::interrupted:
      return Step{State::queued};
    case Event::claimed:
    case Event::released:
    case Event::held:
    case Event::replayed:
    case Event::found:
    case Event::lost:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Step> from_ended(State state, Event event) {
  switch (event) {
    case Event::delivered:
      return state == State::delivered ? std::nullopt : std::optional(Step{State::delivered, false, true});
    case Event::replayed:
      return state == State::delivered ? std::nullopt : std::optional(Step{State::queued});
    case Event::found:
      return state == State::failed || state == State::dead ? std::optional(Step{State::accepted, false, true})
                                                            : std::nullopt;
    case Event::lost:
      return state == State::accepted ? std::optional(Step{State::queued}) : std::nullopt;
    case Event::claimed:
    case Event::accepted:
    case Event::refused:
    case Event::postponed:
    case Event::expired:
    case Event::interrupted:
    case Event::released:
    case Event::held:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Step> next(State state, Event event) {
  switch (state) {
    case State::queued:
    case State::deferred:
      return from_waiting(event);
    case State::sending:
      return from_sending(event);
    case State::accepted:
    case State::delivered:
    case State::failed:
    case State::dead:
      return from_ended(state, event);
    case State::held:
      return event == Event::replayed ? std::optional(Step{State::queued}) : std::nullopt;
  }
  return std::nullopt;
}

bool is_final(State state) {
  switch (state) {
    case State::accepted:
    case State::delivered:
    case State::failed:
    case State::dead:
      return true;
    case State::queued:
    case State::sending:
    case State::deferred:
    case State::held:
      return false;
  }
  return false;
}

std::string_view to_string(State state) {
  switch (state) {
    case State::queued:
      return "queued";
    case State::sending:
      return "sending";
    case State::accepted:
      return "accepted";
    case State::delivered:
      return "delivered";
    case State::deferred:
      return "deferred";
    case State::failed:
      return "failed";
    case State::dead:
      return "dead";
    case State::held:
      return "held";
  }
  return "?";
}

std::string_view to_string(Event event) {
  switch (event) {
    case Event::claimed:
      return "claimed";
    case Event::accepted:
      return "accepted";
    case Event::delivered:
      return "delivered";
    case Event::refused:
      return "refused";
    case Event::postponed:
      return "postponed";
    case Event::expired:
      return "expired";
    case Event::interrupted:
      return "interrupted";
    case Event::released:
      return "released";
    case Event::held:
      return "held";
    case Event::replayed:
      return "replayed";
    case Event::found:
      return "found";
    case Event::lost:
      return "lost";
  }
  return "?";
}

}  // namespace mmsgate
