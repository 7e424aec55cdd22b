// SPDX-License-Identifier: Apache-2.0
#include "core/retry_policy.hpp"

#include <algorithm>

namespace mmsgate {

Duration RetryPolicy::wait(int tries, Random& random) const {
  std::int64_t base = std::min(first, longest).count();
  // Ends by itself long before `tries` does, and never doubles beyond what the number holds.
  for (int i = 1; i < tries && base > 0 && base < longest.count(); ++i) {
    base = base > longest.count() / 2 ? longest.count() : base * 2;
  }
  const std::int64_t quarter = base / 4;
  const auto swing = static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(2 * quarter + 1));
  return Duration(base - quarter + swing);
}

std::optional<TimePoint> RetryPolicy::next_try(int tries, TimePoint born, TimePoint now, Random& random) const {
  const TimePoint end = born + give_up_after;
  if (now >= end) return std::nullopt;
  // The last try is made when its time is nearly over, not given away.
  return std::min(now + wait(tries, random), end);
}

}  // namespace mmsgate
