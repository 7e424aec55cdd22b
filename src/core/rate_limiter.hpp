// SPDX-License-Identifier: Apache-2.0
// So many a minute for each key, in bursts too, and no memory of those who come seldom. The time is handed in, by a
// clock that nobody sets. On one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <list>
#include <map>
#include <optional>

namespace mmsgate {

template <typename Key, typename TimePoint = std::chrono::steady_clock::time_point>
class RateLimiter {
 public:
  /// 0: no limit. Of more keys than `most_keys` those that were seen last are remembered.
  explicit RateLimiter(int per_minute, std::size_t most_keys = 4096) : per_minute_(per_minute), most_keys_(most_keys) {}

  /// From now on.
  void set_per_minute(int per_minute) { per_minute_ = per_minute; }

  /// Takes one off what the key has left. Nothing: it may go on; else so long it has to wait, a second or more.
  [[nodiscard]] std::optional<std::chrono::seconds> take(const Key& key, TimePoint now) {
    if (per_minute_ <= 0) return std::nullopt;
    Seen& seen = find(key, now);
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

  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

 private:
  static constexpr double kMinute = 60;
  struct Seen {
    Key key;
    double left;  ///< At `at`; it grows again up to per_minute_.
    TimePoint at;
  };
  using Order = std::list<Seen>;  ///< Whoever was seen last is in front.

  Seen& find(const Key& key, TimePoint now) {
    if (const auto known = seen_.find(key); known != seen_.end()) {
      order_.splice(order_.begin(), order_, known->second);
      return order_.front();
    }
    if (seen_.size() >= most_keys_) {
      seen_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front({key, static_cast<double>(per_minute_), now});
    seen_.emplace(key, order_.begin());
    return order_.front();
  }

  int per_minute_;
  const std::size_t most_keys_;
  Order order_;
  std::map<Key, typename Order::iterator> seen_;
};

}  // namespace mmsgate
