// SPDX-License-Identifier: Apache-2.0
#include "core/retry_policy.hpp"

#include <algorithm>

namespace mmsgate {

Duration RetryPolicy::wait(int tries, Random& random) const {
  constexpr int kMostDoublings = 30;  // beyond that every sensible `longest` is reached, and a shift would overflow
  const int doublings = std::clamp(tries - 1, 0, kMostDoublings);
  const std::int64_t base = std::min(longest.count(), first.count() << doublings);
  const std::int64_t quarter = std::max<std::int64_t>(base / 4, 1);
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
