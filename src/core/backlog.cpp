// SPDX-License-Identifier: Apache-2.0
#include "core/backlog.hpp"

#include <algorithm>

namespace mmsgate {

int Backlog::count_to(TimePoint now) {
  count_to_ = 0;
  if (!since_) return 0;
  const Duration passed = now - *since_;
  // Less than none: the clock was set back a little.
  if (passed >= Duration::zero() && passed < kLookEach) return 0;
  const auto soon = gone_ * kSoon.count() / std::max(passed, kLookEach).count();
  count_to_ = std::max(kMany, static_cast<int>(soon));
  return count_to_;
}

void Backlog::claimed(TimePoint now, bool is_full, int ready) {
  if (!is_full) {
    since_.reset();
    is_behind_ = false;
    return;
  }
  if (since_ && count_to_ == 0) return;
  // The pace of the time before it was full says nothing: there may have been no more to send.
  is_behind_ = since_.has_value() && ready >= count_to_;
  since_ = now;
  gone_ = 0;
}

}  // namespace mmsgate
