// SPDX-License-Identifier: Apache-2.0
// When to try again, and when to stop. Pure; any thread.
#pragma once

#include <optional>

#include "core/error.hpp"
#include "core/random.hpp"
#include "core/time.hpp"

namespace mmsgate {

/// Exponential with jitter: first, twice that, ... up to longest; a quarter of it more or less, so that many that
/// failed together do not come back together. Ended by age, not by count: an hour of trouble must not cost a message.
struct RetryPolicy {
  Duration first = std::chrono::seconds(2);
  Duration longest = std::chrono::minutes(10);
  Duration give_up_after = std::chrono::hours(24 * 5);
  int tries_when_unclear = 6;  ///< For answers that nobody has documented: so many tries, then it is refused for good.

  /// The wait after the try number `tries` (1 is the first).
  [[nodiscard]] Duration wait(int tries, Random& random) const;
  /// When to try again after a failure at `now`; nothing: its time is over. `born` is when the message was accepted.
  [[nodiscard]] std::optional<TimePoint> next_try(int tries, TimePoint born, TimePoint now, Random& random) const;
};

}  // namespace mmsgate
