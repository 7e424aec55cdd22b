// SPDX-License-Identifier: Apache-2.0
// Time as the gateway keeps it: UTC milliseconds on the wall for what is stored. The clock is handed in, so that tests
// own it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mmsgate {

using Duration = std::chrono::milliseconds;
using TimePoint = std::chrono::time_point<std::chrono::system_clock, Duration>;

/// Thread-safe: may be asked from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  /// By how much the wall's clock has been set, forward or back, since this one was made. Two ages of one thing that
  /// are taken before and after it was set differ by so much.
  [[nodiscard]] virtual Duration stepped() const { return {}; }
  /// Now, less what the clock was set by: for pauses and paces, and for nothing that is stored. A step of a few
  /// seconds, which the clock does not notice, is still in it.
  [[nodiscard]] TimePoint steady() const {
    const TimePoint wall = now();  // first: it may be what notices the step
    return wall - stepped();
  }
};

/// Milliseconds since 1970-01-01T00:00:00Z, the form in which times are stored.
[[nodiscard]] constexpr std::int64_t to_unix_ms(TimePoint t) { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr TimePoint from_unix_ms(std::int64_t ms) { return TimePoint{Duration{ms}}; }

/// "2026-11-23T17:04:05Z" (RFC 3339, whole seconds, UTC).
[[nodiscard]] std::string rfc3339(TimePoint t);

}  // namespace mmsgate
