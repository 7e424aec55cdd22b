// SPDX-License-Identifier: Apache-2.0
// Whether one way out has fallen behind: more stands ready for it than it sends on in a few seconds, at the pace at
// which it goes just now. What waits for a phone that is off, or for its next try, is not ready and does not count.
//
// To count is work for the store, so it is asked once in a while, and only while the way out is full: as long as there
// is room in it, all that can go is on its way. A few conversations that never fill it go as fast as their order lets
// them, and hold up nobody else.
//
// Not thread-safe.
#pragma once

#include <optional>

#include "core/time.hpp"

namespace mmsgate {

class Backlog {
 public:
  /// No household has so many at once.
  static constexpr int kMany = 1000;
  /// Who would wait longer waits because we are behind.
  static constexpr Duration kSoon = std::chrono::seconds(5);
  static constexpr Duration kLookEach = std::chrono::seconds(1);

  /// One try is done with.
  void gone() {
    if (since_) ++gone_;
  }
  /// Before a claim: how far those that are ready are to be counted with it. 0: not this time. `now`, here and below,
  /// is Clock::steady().
  [[nodiscard]] int count_to(TimePoint now);
  /// After that claim. `is_full`: it took all that there was room for. `ready`: what was counted, if it was to be.
  void claimed(TimePoint now, bool is_full, int ready);
  [[nodiscard]] bool is_behind() const { return is_behind_; }

 private:
  bool is_behind_ = false;
  int gone_ = 0;      ///< Since `since_`.
  int count_to_ = 0;  ///< Of the claim under way.
  /// Of the last look, or since when it is full. Nothing: it was not, at the last claim.
  std::optional<TimePoint> since_;
};

}  // namespace mmsgate
