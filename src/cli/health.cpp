// SPDX-License-Identifier: Apache-2.0
#include "cli/health.hpp"

#include <fmt/format.h>

#include "cli/say.hpp"
#include "ops/control.hpp"

namespace mmsgate::cli {

int health(const ops::Config& config) {
  constexpr auto kPatience = std::chrono::seconds(5);
  const auto answer = ops::ask_running(config.database, "health", kPatience);
  if (!answer) return say(answer.error().detail);
  fmt::print("{}", *answer);
  return 0;
}

}  // namespace mmsgate::cli
