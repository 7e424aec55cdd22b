// SPDX-License-Identifier: Apache-2.0
// How the phone is talked to: a JSON object a line, commands in on standard input, events out on standard output.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace mmsgate_sim {

using Json = nlohmann::ordered_json;

/// Prints an event at once.
void say(const Json& event);
/// Says why a command is not obeyed.
void complain(const std::string& reason, const std::string& id = {});

/// Reads commands without ever blocking longer than asked for.
class CommandReader {
 public:
  /// Waits for at most `limit`. Nothing: no whole line yet. A line that is no JSON object is answered by an error
  /// event.
  [[nodiscard]] std::optional<Json> next(std::chrono::milliseconds limit);
  /// Whoever drove us is gone.
  [[nodiscard]] bool at_end() const { return at_end_ && pending_.find('\n') == std::string::npos; }

 private:
  std::string pending_;
  bool at_end_ = false;
};

}  // namespace mmsgate_sim
