// SPDX-License-Identifier: Apache-2.0
#include "runtime/system.hpp"

#include <sys/random.h>

#include <cstdlib>

namespace mmsgate::runtime {

TimePoint SystemClock::now() const { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) std::abort();
  return value;
}

}  // namespace mmsgate::runtime
