// SPDX-License-Identifier: Apache-2.0
// For a line of the log that anybody could cause as often as he likes. Thread-safe.
#pragma once

#include <mutex>
#include <optional>

#include "core/time.hpp"

namespace mmsgate::runtime {

class Rarely {
 public:
  /// `clock` must outlive it.
  Rarely(const Clock& clock, Duration pause) : clock_(clock), pause_(pause) {}

  /// True at the first time, and then not again before the pause is over, however the clock is set meanwhile.
  [[nodiscard]] bool is_time() {
    const std::lock_guard lock(mutex_);
    const TimePoint now = clock_.steady();
    if (last_ && now - *last_ < pause_) return false;
    last_ = now;
    return true;
  }

 private:
  const Clock& clock_;
  const Duration pause_;
  std::mutex mutex_;
  std::optional<TimePoint> last_;  // guarded by mutex_
};

}  // namespace mmsgate::runtime
