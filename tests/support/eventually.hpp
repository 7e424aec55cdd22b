// SPDX-License-Identifier: Apache-2.0
// For what gives no sign when it has happened, such as a file that goes away: looked at again and again, with a limit.
#pragma once

#include <chrono>
#include <thread>

namespace mmsgate::testing_support {

/// False: it did not come true in time.
template <typename Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace mmsgate::testing_support
