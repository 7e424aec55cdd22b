// SPDX-License-Identifier: Apache-2.0
// How soon one may look again at something that costs more the more there is: never for more than a tenth of the time.
#pragma once

#include <algorithm>
#include <chrono>

namespace mmsgate::sip {

class LookPace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  /// So many times as long as the last look took there is none.
  static constexpr int kRest = 10;

  /// The last look ended then. `took` is of the processor's time: the clock's runs on while others have their turn.
  void looked(Time end, std::chrono::nanoseconds took) { rest_until_ = end + kRest * took; }
  /// When the next one is, if it is wanted in so long.
  [[nodiscard]] Time next(Time now, std::chrono::nanoseconds wanted_in) const {
    return std::max(now + wanted_in, rest_until_);
  }

 private:
  Time rest_until_ = Time::min();
};

}  // namespace mmsgate::sip
