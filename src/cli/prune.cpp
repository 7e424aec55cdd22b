// SPDX-License-Identifier: Apache-2.0
#include "cli/prune.hpp"

#include <fmt/format.h>

#include "ops/control.hpp"

namespace mmsgate::cli {

int prune(const ops::Config& config, bool is_rehearsal) {
  constexpr auto kPatience = std::chrono::minutes(10);
  const auto pruned = ops::ask_running(config.database, is_rehearsal ? "prune rehearse" : "prune", kPatience);
  if (!pruned) {
    fmt::print(stderr, "mmsgate: {}\n", pruned.error().detail);
    return 1;
  }
  fmt::print("{} {}.\n", *pruned, is_rehearsal ? "would be removed" : "were removed");
  return 0;
}

}  // namespace mmsgate::cli
