// SPDX-License-Identifier: Apache-2.0
#include "cli/prune.hpp"

#include <fmt/format.h>

#include "cli/say.hpp"
#include "ops/control.hpp"

namespace mmsgate::cli {

int prune(const ops::Config& config, bool is_rehearsal) {
  constexpr auto kPatience = std::chrono::minutes(10);
  const auto pruned = ops::ask_running(config.database, is_rehearsal ? "prune rehearse" : "prune", kPatience);
  if (!pruned) return say(pruned.error().detail);
  fmt::print("{} {}.\n", *pruned, is_rehearsal ? "would be removed" : "were removed");
  return 0;
}

}  // namespace mmsgate::cli
