// SPDX-License-Identifier: Apache-2.0
// Keeps work flowing from the store without ever polling it: something new, room again, or a time that has come makes
// it claim; between those it sleeps. One pump a kind of work.
//
// Lives on the gateway's loop: every member but poke() is called there.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/error.hpp"
#include "core/time.hpp"
#include "runtime/loop.hpp"

namespace mmsgate::gateway {

class Pump {
 public:
  struct Batch {
    int taken = 0;
    std::optional<TimePoint> next_due;
  };
  using Claimed = std::function<void(Result<Batch>)>;
  /// Asks the store for up to `limit`; calls `claimed` on the loop, after it has started what it got.
  using Claim = std::function<void(int limit, Claimed claimed)>;

  /// `capacity`: so many may be in flight at once. The loop and the clock must outlive it.
  Pump(runtime::Loop& loop, const Clock& clock, int capacity, Claim claim);

  /// There may be something to claim. Any thread.
  void poke();
  /// One that was claimed no longer counts as in flight.
  void finished();
  /// Claims no more from now on.
  void stop() { self_->stopped = true; }

 private:
  /// What timers and answers that come late still find when the pump is gone.
  struct Self {
    runtime::Loop& loop;
    const Clock& clock;
    int capacity;
    Claim claim;
    int in_flight = 0;
    bool asking = false;
    bool again = false;
    bool stopped = false;
    std::optional<TimePoint> armed;
  };
  static void run(const std::shared_ptr<Self>& self);
  static void on_claimed(const std::shared_ptr<Self>& self, int room, const Result<Batch>& batch);
  static void arm(const std::shared_ptr<Self>& self, TimePoint due);

  std::shared_ptr<Self> self_;
};

}  // namespace mmsgate::gateway
