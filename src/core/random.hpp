// SPDX-License-Identifier: Apache-2.0
// Randomness, handed in so that tests can repeat it.
#pragma once

#include <cstdint>

namespace mmsgate {

/// Thread-safe: may be asked from any thread.
class Random {
 public:
  virtual ~Random() = default;
  /// 64 bits that nobody can guess (in the real one: from the kernel).
  [[nodiscard]] virtual std::uint64_t next() = 0;
};

}  // namespace mmsgate
