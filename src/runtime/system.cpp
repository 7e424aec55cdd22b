// SPDX-License-Identifier: Apache-2.0
#include "runtime/system.hpp"

#include <sys/random.h>
#include <time.h>

#include <cstdlib>

namespace mmsgate::runtime {
namespace {

/// NTP's small corrections are no steps, however long nobody has asked.
constexpr Duration kLeastStep = std::chrono::seconds(10);

Duration read_clock(clockid_t id) {
  timespec at{};
  clock_gettime(id, &at);
  return std::chrono::duration_cast<Duration>(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
}

}  // namespace

SystemClock::Reading SystemClock::read_kernel() {
  // A machine that is halted between the two would look as if its clock had been set.
  constexpr Duration kAtOnce = std::chrono::milliseconds(100);
  for (;;) {
    const Duration before = read_clock(CLOCK_BOOTTIME);
    const Duration wall = read_clock(CLOCK_REALTIME);
    const Duration after = read_clock(CLOCK_BOOTTIME);
    if (after - before < kAtOnce) return {.wall = wall, .uptime = after};
  }
}

SystemClock::SystemClock(Read read) : read_(std::move(read)) {
  const Reading first = read_();
  offset_ = first.wall - first.uptime;
}

TimePoint SystemClock::now() const {
  const Reading reading = read_();
  const Duration offset = reading.wall - reading.uptime;
  if (std::chrono::abs(offset - offset_.load()) >= kLeastStep) {
    note();
  } else {
    offset_ = offset;
  }
  return TimePoint(reading.wall);
}

void SystemClock::note() const {
  const std::lock_guard lock(stepping_);
  // Read again: while this thread waited for the lock the clock may have been set once more, or its reading was the one
  // that is old.
  const Reading reading = read_();
  const Duration offset = reading.wall - reading.uptime;
  const Duration by = offset - offset_.load();
  if (std::chrono::abs(by) < kLeastStep) return;  // another thread was first
  if (on_step_) on_step_(by);
  stepped_ = stepped_.load() + by;
  offset_ = offset;
}

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) std::abort();
  return value;
}

}  // namespace mmsgate::runtime
