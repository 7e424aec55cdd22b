// SPDX-License-Identifier: Apache-2.0
// docs/delivery.md prints the table of core/delivery_state.cpp; this is what keeps the two the same.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "core/delivery_state.hpp"

namespace mmsgate {
namespace {

std::string cell(State state, Event event) {
  const auto step = next(state, event);
  if (!step) return "";
  return std::string(to_string(step->state)) + (step->frees_lane ? " ⇥" : "") + (step->tells_sender ? " ✉" : "");
}

std::string table() {
  std::string text = "| |";
  for (const Event event : kAllEvents) text += " " + std::string(to_string(event)) + " |";
  text += "\n|---|";
  for (std::size_t i = 0; i < kAllEvents.size(); ++i) text += "---|";
  for (const State state : kAllStates) {
    text += "\n| **" + std::string(to_string(state)) + "** |";
    for (const Event event : kAllEvents) text += " " + cell(state, event) + " |";
  }
  return text + "\n";
}

TEST(DeliveryDocument, HoldsTheTableOfTheCode) {
  std::ifstream in(MMSGATE_SOURCE_DIR "/docs/delivery.md");
  const std::string document{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(document.find(table()), std::string::npos) << "put this into docs/delivery.md:\n" << table();
}

}  // namespace
}  // namespace mmsgate
