// SPDX-License-Identifier: Apache-2.0
// Randomness that counts: the same in every run.
#pragma once

#include <atomic>

#include "core/random.hpp"

namespace mmsgate::testing_support {

class CountingRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override { return ++last_; }

 private:
  std::atomic<std::uint64_t> last_ = 0;
};

}  // namespace mmsgate::testing_support
