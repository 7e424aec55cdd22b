// SPDX-License-Identifier: Apache-2.0
// The real clock and the kernel's randomness. Thread-safe.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "core/random.hpp"
#include "core/time.hpp"

namespace mmsgate::runtime {

/// The wall's clock, which notices when it is set: by a person, by NTP after a start without a battery.
class SystemClock final : public Clock {
 public:
  /// What the kernel's clocks say, since any beginning of their own.
  struct Reading {
    Duration wall{};
    Duration uptime{};  ///< Never set, and goes on while the machine sleeps.
  };
  using Read = std::function<Reading()>;
  /// Called by whoever asks for the time first after it was set by `by`, before he is told; others wait for it.
  using OnStep = std::function<void(Duration by)>;

  explicit SystemClock(Read read = read_kernel);

  /// Before other threads ask.
  void on_step(OnStep on_step) { on_step_ = std::move(on_step); }
  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] Duration stepped() const override { return stepped_; }

  [[nodiscard]] static Reading read_kernel();

 private:
  void note() const;

  const Read read_;
  OnStep on_step_;
  mutable std::mutex stepping_;
  mutable std::atomic<Duration> offset_;  ///< Wall less uptime, when it was last asked for.
  mutable std::atomic<Duration> stepped_{Duration::zero()};
};

/// getrandom(2). Ends the process when the kernel has none: ids that can be guessed are worse than no service.
class SystemRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override;
};

}  // namespace mmsgate::runtime
