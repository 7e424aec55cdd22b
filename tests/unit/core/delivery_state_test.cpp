// SPDX-License-Identifier: Apache-2.0
// The table of delivery states, cell by cell, and what must hold of any such table.
#include "core/delivery_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace mmsgate {
namespace {

constexpr bool kFreesLane = true;
constexpr bool kTellsSender = true;

/// Every cell that is not here is empty.
const std::map<std::pair<State, Event>, Step> kTable = {
    {{State::queued, Event::claimed}, {State::sending}},
    {{State::queued, Event::delivered}, {State::delivered, kFreesLane, kTellsSender}},
    {{State::queued, Event::expired}, {State::dead, kFreesLane, kTellsSender}},
    {{State::queued, Event::released}, {State::queued}},
    {{State::queued, Event::held}, {State::held, kFreesLane}},

    {{State::sending, Event::accepted}, {State::accepted, kFreesLane, kTellsSender}},
    {{State::sending, Event::delivered}, {State::delivered, kFreesLane, kTellsSender}},
    {{State::sending, Event::refused}, {State::failed, kFreesLane, kTellsSender}},
    {{State::sending, Event::postponed}, {State::deferred}},
    {{State::sending, Event::expired}, {State::dead, kFreesLane, kTellsSender}},
    {{State::sending, Event::interrupted}, {State::queued}},

    {{State::deferred, Event::claimed}, {State::sending}},
    {{State::deferred, Event::delivered}, {State::delivered, kFreesLane, kTellsSender}},
    {{State::deferred, Event::expired}, {State::dead, kFreesLane, kTellsSender}},
    {{State::deferred, Event::released}, {State::queued}},
    {{State::deferred, Event::held}, {State::held, kFreesLane}},

    {{State::accepted, Event::delivered}, {State::delivered, !kFreesLane, kTellsSender}},
    {{State::accepted, Event::replayed}, {State::queued}},
    {{State::accepted, Event::lost}, {State::queued}},
    {{State::failed, Event::delivered}, {State::delivered, !kFreesLane, kTellsSender}},
    {{State::failed, Event::replayed}, {State::queued}},
    {{State::failed, Event::found}, {State::accepted, !kFreesLane, kTellsSender}},
    {{State::dead, Event::delivered}, {State::delivered, !kFreesLane, kTellsSender}},
    {{State::dead, Event::replayed}, {State::queued}},
    {{State::dead, Event::found}, {State::accepted, !kFreesLane, kTellsSender}},
    {{State::held, Event::replayed}, {State::queued}},
};

std::string cell(State state, Event event) {
  return std::string(to_string(state)) + " when " + std::string(to_string(event));
}

/// Calls `look(state, event, step)` for every cell that is not empty.
template <typename Look>
void each_step(Look look) {
  for (const State state : kAllStates) {
    for (const Event event : kAllEvents) {
      if (const auto step = next(state, event)) look(state, event, *step);
    }
  }
}

bool holds_lane(State state) { return state == State::queued || state == State::sending || state == State::deferred; }

TEST(DeliveryState, EveryCellOfTheTable) {
  for (const State state : kAllStates) {
    for (const Event event : kAllEvents) {
      const auto it = kTable.find({state, event});
      const auto wanted = it == kTable.end() ? std::nullopt : std::optional(it->second);
      EXPECT_EQ(next(state, event), wanted) << cell(state, event);
    }
  }
}

TEST(DeliveryState, TheListsNameEveryStateAndEventOnce) {
  EXPECT_EQ(std::set<State>(kAllStates.begin(), kAllStates.end()).size(), kAllStates.size());
  EXPECT_EQ(std::set<Event>(kAllEvents.begin(), kAllEvents.end()).size(), kAllEvents.size());
  std::set<std::string_view> names;
  for (const State state : kAllStates) names.insert(to_string(state));
  EXPECT_EQ(names.size(), kAllStates.size());
  EXPECT_FALSE(names.contains("?"));
  names.clear();
  for (const Event event : kAllEvents) names.insert(to_string(event));
  EXPECT_EQ(names.size(), kAllEvents.size());
  EXPECT_FALSE(names.contains("?"));
}

TEST(DeliveryState, TheNumbersOfStatesStayAsTheyAreStored) {
  const std::map<State, int> stored = {{State::queued, 0},    {State::sending, 1},  {State::accepted, 2},
                                       {State::delivered, 3}, {State::deferred, 4}, {State::failed, 5},
                                       {State::dead, 6},      {State::held, 7}};
  ASSERT_EQ(stored.size(), kAllStates.size());
  for (const auto& [state, number] : stored) EXPECT_EQ(static_cast<int>(state), number) << to_string(state);
}

TEST(DeliveryState, AFinalStateMovesByAReceiptTheLogAPersonOrALossOnly) {
  each_step([](State state, Event event, const Step&) {
    if (!is_final(state)) return;
    EXPECT_TRUE(event == Event::delivered || event == Event::found || event == Event::replayed || event == Event::lost)
        << cell(state, event);
  });
}

TEST(DeliveryState, OnlyWhatSomebodyHasTakenCanGetLost) {
  each_step([](State state, Event event, const Step& step) {
    if (event != Event::lost) return;
    EXPECT_EQ(state, State::accepted);
    EXPECT_EQ(step, Step{State::queued});
  });
}

TEST(DeliveryState, WhatAPersonStoppedAPersonStartsAgain) {
  each_step([](State state, Event event, const Step&) {
    if (state == State::held) {
      EXPECT_EQ(event, Event::replayed);
    }
  });
}

TEST(DeliveryState, EveryFailingStepTellsTheSender) {
  each_step([](State state, Event event, const Step& step) {
    if (step.state != State::failed && step.state != State::dead) return;
    EXPECT_TRUE(step.tells_sender) << cell(state, event);
  });
}

TEST(DeliveryState, TheSenderHearsOfEndsOnly) {
  each_step([](State state, Event event, const Step& step) {
    EXPECT_EQ(step.tells_sender, is_final(step.state)) << cell(state, event);
  });
}

TEST(DeliveryState, ALaneIsFreedWhenItIsLeftAndOnlyThen) {
  each_step([](State state, Event event, const Step& step) {
    EXPECT_EQ(step.frees_lane, holds_lane(state) && !holds_lane(step.state)) << cell(state, event);
  });
}

TEST(DeliveryState, NothingIsSentBesideATry) {
  each_step([](State state, Event event, const Step& step) {
    if (step.state == State::sending) {
      EXPECT_EQ(event, Event::claimed) << cell(state, event);
      EXPECT_TRUE(state == State::queued || state == State::deferred) << cell(state, event);
    }
  });
}

TEST(DeliveryState, ASecondReceiptSaysNothingNew) {
  for (const Event event : kAllEvents) EXPECT_EQ(next(State::delivered, event), std::nullopt) << to_string(event);
}

TEST(DeliveryState, EveryStateCanBeReachedAndEveryOpenOneCanEnd) {
  std::map<State, std::set<State>> ways;
  each_step([&](State state, Event, const Step& step) { ways[state].insert(step.state); });
  const auto reachable = [&](State from) {
    std::set<State> seen{from};
    for (std::size_t before = 0; before != seen.size();) {
      before = seen.size();
      for (const State state : std::set(seen)) seen.insert(ways[state].begin(), ways[state].end());
    }
    return seen;
  };
  EXPECT_EQ(reachable(State::queued).size(), kAllStates.size());
  for (const State state : kAllStates) {
    EXPECT_TRUE(std::ranges::any_of(reachable(state), is_final)) << to_string(state);
  }
}

}  // namespace
}  // namespace mmsgate
