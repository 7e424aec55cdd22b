// SPDX-License-Identifier: Apache-2.0
#include "gateway/pump.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate::gateway {
namespace {

/// A wall clock may jump; no timer is trusted for longer than this.
constexpr Duration kLongestSleep = std::chrono::minutes(1);
/// How soon a store that failed is asked again.
constexpr Duration kStorePause = std::chrono::seconds(1);

}  // namespace

Pump::Pump(runtime::Loop& loop, const Clock& clock, int capacity, Claim claim)
    : self_(new Self{.loop = loop, .clock = clock, .capacity = capacity, .claim = std::move(claim)}) {}

void Pump::poke() {
  self_->loop.post([self = self_] { run(self); });
}

void Pump::finished() {
  --self_->in_flight;
  run(self_);
}

void Pump::run(const std::shared_ptr<Self>& self) {
  if (self->stopped) return;
  if (self->asking) {
    self->again = true;
    return;
  }
  const int room = self->capacity - self->in_flight;
  if (room <= 0) return;  // finished() comes here again
  self->asking = true;
  self->again = false;
  self->claim(room, [self, room](const Result<Batch>& batch) { on_claimed(self, room, batch); });
}

void Pump::on_claimed(const std::shared_ptr<Self>& self, int room, const Result<Batch>& batch) {
  self->asking = false;
  if (!batch) return arm(self, self->clock.now() + kStorePause);
  self->in_flight += batch->taken;
  if (self->again || batch->taken == room) return run(self);
  if (batch->next_due) arm(self, *batch->next_due);
}

void Pump::arm(const std::shared_ptr<Self>& self, TimePoint due) {
  if (self->armed && *self->armed <= due) return;
  self->armed = due;
  const Duration wait = std::clamp(due - self->clock.now(), Duration(0), kLongestSleep);
  self->loop.post_after(wait, [self, due] {
    if (self->armed == due) self->armed.reset();
    run(self);
  });
}

}  // namespace mmsgate::gateway
