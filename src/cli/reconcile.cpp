// SPDX-License-Identifier: Apache-2.0
#include "cli/reconcile.hpp"

#include <fmt/format.h>

#include "cli/say.hpp"
#include "ops/control.hpp"

namespace mmsgate::cli {

int reconcile(const ops::Config& config, int days) {
  constexpr auto kPatience = std::chrono::minutes(3);  // VoIP.ms may take its time for a long log
  const std::string command = days > 0 ? fmt::format("reconcile {}", days) : "reconcile";
  const auto found = ops::ask_running(config.database, command, kPatience);
  if (!found) return say(found.error().detail);
  if (*found == "0") {
    fmt::print("Nothing was missing.\n");
  } else {
    fmt::print("{} messages were missing and are on their way to the phones.\n", *found);
  }
  return 0;
}

}  // namespace mmsgate::cli
