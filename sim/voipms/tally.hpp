// SPDX-License-Identifier: Apache-2.0
// How often each numbered message came: of texts that end " #NUMBER @NANOSECONDS", as loads send them, the numbers are
// counted, so that a million need no log. Any thread.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

namespace mmsgate_sim {

class Tally {
 public:
  /// From now on, of numbers below `count`; 0: of none.
  void begin(std::size_t count) {
    const std::lock_guard lock(mutex_);
    digits_.assign(count, '0');
  }
  void add(std::string_view text) {
    const auto mark = text.rfind(" #");
    if (mark == std::string_view::npos) return;
    std::size_t number = 0;
    const auto digits = text.substr(mark + 2);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) return;
    const std::lock_guard lock(mutex_);
    if (number < digits_.size()) digits_[number] = static_cast<char>(std::min(digits_[number] + 1, int{'9'}));
  }
  /// A digit a number: 9 is nine times or more.
  [[nodiscard]] std::string digits() const {
    const std::lock_guard lock(mutex_);
    return digits_;
  }

 private:
  mutable std::mutex mutex_;
  std::string digits_;  // guarded by mutex_
};

}  // namespace mmsgate_sim
