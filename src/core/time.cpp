// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"

#include <fmt/chrono.h>

namespace mmsgate {

std::string rfc3339(TimePoint t) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

}  // namespace mmsgate
