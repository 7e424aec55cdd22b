// SPDX-License-Identifier: Apache-2.0
#include "cli/reconcile.hpp"

#include <sstream>

#include <fmt/format.h>

#include "cli/say.hpp"
#include "ops/control.hpp"

namespace mmsgate::cli {

int reconcile(const ops::Config& config, int days) {
  constexpr auto kPatience = std::chrono::minutes(3);  // VoIP.ms may take its time for a long log
  const std::string command = days > 0 ? fmt::format("reconcile {}", days) : "reconcile";
  const auto found = ops::ask_running(config.database, command, kPatience);
  if (!found) return say(found.error().detail);
  std::istringstream counts(*found);
  int received = 0;
  int sent_elsewhere = 0;
  int not_lost = 0;
  counts >> received >> sent_elsewhere >> not_lost;
  if (received > 0) fmt::print("{} messages were missing and are on their way to the phones.\n", received);
  if (not_lost > 0) fmt::print("{} that were given up had been sent; their senders are told.\n", not_lost);
  if (sent_elsewhere > 0) fmt::print("{} were sent by other means and are now on record.\n", sent_elsewhere);
  if (received + not_lost + sent_elsewhere == 0) fmt::print("Nothing was missing.\n");
  return 0;
}

}  // namespace mmsgate::cli
