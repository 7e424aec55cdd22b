// SPDX-License-Identifier: Apache-2.0
// How much phones may send in a minute: each account, and all together. On the sip thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "core/rate_limiter.hpp"
#include "gateway/world.hpp"
#include "runtime/rarely.hpp"

namespace mmsgate::gateway {

class FloodLimits {
 public:
  explicit FloodLimits(World world) : world_(world) {}

  // Nothing: it may go on; else so long it has to wait. `account` must be one of ours.
  /// Whatever it is: receipts and "is typing" are many, and a phone that hears no to a receipt sends it never again. So
  /// a hundred times as many as messages.
  [[nodiscard]] std::optional<std::chrono::seconds> anything(const std::string& account);
  [[nodiscard]] std::optional<std::chrono::seconds> message(const std::string& account);

 private:
  struct Limit {
    RateLimiter<std::string, TimePoint> each{0};
    RateLimiter<char, TimePoint> all{0, 1};
  };
  [[nodiscard]] std::optional<std::chrono::seconds> take(Limit& limit, int times, const std::string& account);

  World world_;
  Limit anything_, messages_;
  runtime::Rarely lines_{world_.clock, std::chrono::minutes(10)};
};

}  // namespace mmsgate::gateway
