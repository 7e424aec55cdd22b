// SPDX-License-Identifier: Apache-2.0
#include "cli/tell.hpp"

#include <chrono>
#include <string>

#include <fmt/format.h>

#include "cli/say.hpp"
#include "ops/control.hpp"

namespace mmsgate::cli {

int tell_gateway(const ops::Config& config, std::string_view word) {
  constexpr auto kPatience = std::chrono::seconds(20);
  const auto told = ops::ask_running(config.database, std::string(word), kPatience);
  if (told) return 0;
  if (told.error().kind == ErrorKind::transient) {
    fmt::print("It takes effect at the gateway's next start: {}.\n", told.error().detail);
    return 0;
  }
  return say(
      fmt::format("the change is in the database, but the gateway that runs goes on as before until it reads its "
                  "config again (SIGHUP) or is started anew: it could not be told: {}",
                  told.error().detail));
}

}  // namespace mmsgate::cli
