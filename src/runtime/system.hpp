// SPDX-License-Identifier: Apache-2.0
// The real clock and the kernel's randomness. Thread-safe.
#pragma once

#include "core/random.hpp"
#include "core/time.hpp"

namespace mmsgate::runtime {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
};

/// getrandom(2). Ends the process when the kernel has none: ids that can be guessed are worse than no service.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override;
};

}  // namespace mmsgate::runtime
