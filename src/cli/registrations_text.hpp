// SPDX-License-Identifier: Apache-2.0
// What `mmsgate registrations` prints at one look. Pure; any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/registration_watch.hpp"

namespace mmsgate::cli {

/// What became of a push.
struct Woken {
  std::optional<int> code;  ///< The tool's exit code; nothing: it was not run.
  std::string note;         ///< "pushed, exit code 0"
  std::string output;       ///< What the tool said, where it failed.
};

/// One look.
struct View {
  TimePoint now;
  std::string registrar;              ///< "Flexisip"
  std::vector<std::string> troubles;  ///< A sentence each.
  Sightings seen;
  std::map<std::string, Woken> woken;  ///< By key_of(), as `seen`.
  std::vector<std::string> accounts;   ///< The sub accounts that should be registered.
  std::optional<TimePoint> next_look;
};

/// "+00:12:34"; "-00:00:05": over since.
[[nodiscard]] std::string time_left(Duration left);

/// A line for each phone and for each sub account that has none, then the troubles.
[[nodiscard]] std::string as_table(const View& view);
[[nodiscard]] nlohmann::ordered_json as_json(const View& view);

}  // namespace mmsgate::cli
