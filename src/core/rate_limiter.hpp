// SPDX-License-Identifier: Apache-2.0
// So many a minute (or in another time) for each key, in bursts too, and no memory of those who come seldom. The time
// is handed in, by a clock that nobody sets. On one thread.
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
  explicit RateLimiter(int per_minute, std::size_t most_keys = 4096)
      : RateLimiter(per_minute, std::chrono::minutes(1), most_keys) {}
  RateLimiter(int most, std::chrono::seconds window, std::size_t most_keys)
      : most_(most), window_(window), most_keys_(most_keys) {}

  /// From now on; the time in which so many may come stays as it is.
  void set_most(int most) { most_ = most; }

  /// Takes one off what the key has left. Nothing: it may go on; else so long it has to wait, a second or more.
  [[nodiscard]] std::optional<std::chrono::seconds> take(const Key& key, TimePoint now) {
    if (most_ <= 0) return std::nullopt;
    Seen& seen = find(key, now);
    seen.left = left(seen, now);
    seen.at = now;
    if (seen.left >= 1) {
      seen.left -= 1;
      return std::nullopt;
    }
    // Not taken off: who goes on knocking gets in as soon as who waits.
    return std::chrono::seconds(std::max(1L, std::lround(std::ceil((1 - seen.left) * window_.count() / most_))));
  }
  /// Would take() let it go on?
  [[nodiscard]] bool has_left(const Key& key, TimePoint now) const {
    const auto known = seen_.find(key);
    return most_ <= 0 || known == seen_.end() || left(*known->second, now) >= 1;
  }

  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

 private:
  struct Seen {
    Key key;
    double left;  ///< At `at`; it grows again up to most_.
    TimePoint at;
  };
  using Order = std::list<Seen>;  ///< Whoever was seen last is in front.

  [[nodiscard]] double left(const Seen& seen, TimePoint now) const {
    const std::chrono::duration<double> passed = now - seen.at;
    return std::min<double>(most_, seen.left + passed.count() * most_ / window_.count());
  }

  Seen& find(const Key& key, TimePoint now) {
    if (const auto known = seen_.find(key); known != seen_.end()) {
      order_.splice(order_.begin(), order_, known->second);
      return order_.front();
    }
    if (seen_.size() >= most_keys_) {
      seen_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front({key, static_cast<double>(most_), now});
    seen_.emplace(key, order_.begin());
    return order_.front();
  }

  int most_;
  const std::chrono::duration<double> window_;
  const std::size_t most_keys_;
  Order order_;
  std::map<Key, typename Order::iterator> seen_;
};

}  // namespace mmsgate
