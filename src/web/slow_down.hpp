// SPDX-License-Identifier: Apache-2.0
// Who tries wrong passwords has to wait, longer and longer: for each account from each address, and for each address
// whatever account it tries. Nobody is locked out by what comes from elsewhere: an account that is tried from many
// places has no more than less patience with each of them. On one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "formats/ip_address.hpp"

namespace mmsgate::web {

/// Wrong tries by whatever they are counted by. Of more than `most` those that were seen last are remembered.
template <typename Key>
class WrongTries {
 public:
  using Clock = std::chrono::steady_clock;
  /// After so long without a wrong try it is forgotten that there was one.
  static constexpr std::chrono::minutes kForgets{15};
  static constexpr std::chrono::seconds kLongest{60};

  explicit WrongTries(std::size_t most) : most_(most) {}

  /// One more; the answer is how many it has been.
  int add(const Key& key, Clock::time_point now) {
    Seen& seen = find(key, now);
    if (now - seen.at > kForgets) seen.count = 0;
    seen.at = now;
    return ++seen.count;
  }
  void forget(const Key& key) {
    const auto known = seen_.find(key);
    if (known == seen_.end()) return;
    order_.erase(known->second);
    seen_.erase(known);
  }
  [[nodiscard]] int count(const Key& key, Clock::time_point now) const {
    const auto known = seen_.find(key);
    return known == seen_.end() || now - known->second->at > kForgets ? 0 : known->second->count;
  }
  /// How long it has still to wait when so many are free: then 1 s, 2 s, 4 s and so on.
  [[nodiscard]] Clock::duration wait(const Key& key, int free, Clock::time_point now) const {
    const int over = count(key, now) - free;
    if (over <= 0) return {};
    constexpr int kMostDoublings = 6;  // more than kLongest
    const std::chrono::seconds pause =
        std::min(kLongest, std::chrono::seconds(1 << std::min(over - 1, kMostDoublings)));
    return std::max(Clock::duration{}, seen_.find(key)->second->at + pause - now);
  }
  [[nodiscard]] bool has(const Key& key) const { return seen_.contains(key); }
  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

 private:
  struct Seen {
    Key key;
    int count = 0;
    Clock::time_point at;
  };
  using Order = std::list<Seen>;  ///< Whoever was seen last is in front.

  Seen& find(const Key& key, Clock::time_point now) {
    if (const auto known = seen_.find(key); known != seen_.end()) {
      order_.splice(order_.begin(), order_, known->second);
      return order_.front();
    }
    if (seen_.size() >= most_) {
      seen_.erase(order_.back().key);
      order_.pop_back();
    }
    order_.push_front({key, 0, now});
    seen_.emplace(key, order_.begin());
    return order_.front();
  }

  const std::size_t most_;
  Order order_;
  std::map<Key, typename Order::iterator> seen_;
};

class SlowDown {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SlowDown(std::size_t most = 4096) : by_both_(most), by_client_(most), by_account_(most), at_home_(most) {}

  /// Nothing: it may try now. Else so long it has to wait, a second or more.
  [[nodiscard]] std::optional<std::chrono::seconds> wait(const formats::IpAddress& client, const std::string& account,
                                                         Clock::time_point now) const;
  void wrong(const formats::IpAddress& client, const std::string& account, Clock::time_point now);
  void right(const formats::IpAddress& client, const std::string& account, Clock::time_point now);

 private:
  using Both = std::pair<formats::IpAddress, std::string>;
  WrongTries<Both> by_both_;
  WrongTries<formats::IpAddress> by_client_;
  WrongTries<std::string> by_account_;
  /// Right logins. One that was right here is not made to wait for another's wrong ones at the same address.
  WrongTries<Both> at_home_;
};

}  // namespace mmsgate::web
