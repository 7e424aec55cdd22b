// SPDX-License-Identifier: Apache-2.0
#include "web/limiter.hpp"

#include <algorithm>
#include <cmath>

namespace mmsgate::web {
namespace {

constexpr double kMinute = 60;

}  // namespace

std::optional<std::chrono::seconds> Limiter::take(const formats::IpAddress& client, Clock::time_point now) {
  if (per_minute_ <= 0) return std::nullopt;
  Seen& seen = find(client, now);
  const std::chrono::duration<double> passed = now - seen.at;
  seen.left = std::min<double>(per_minute_, seen.left + passed.count() * per_minute_ / kMinute);
  seen.at = now;
  if (seen.left >= 1) {
    seen.left -= 1;
    return std::nullopt;
  }
  // Not taken off: who goes on knocking gets in as soon as who waits.
  return std::chrono::seconds(std::max(1L, std::lround(std::ceil((1 - seen.left) * kMinute / per_minute_))));
}

Limiter::Seen& Limiter::find(const formats::IpAddress& client, Clock::time_point now) {
  if (const auto known = seen_.find(client); known != seen_.end()) {
    order_.splice(order_.begin(), order_, known->second);
    return order_.front();
  }
  if (seen_.size() >= most_clients_) {
    seen_.erase(order_.back().client);
    order_.pop_back();
  }
  order_.push_front({client, static_cast<double>(per_minute_), now});
  seen_.emplace(client, order_.begin());
  return order_.front();
}

}  // namespace mmsgate::web
