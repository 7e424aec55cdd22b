// SPDX-License-Identifier: Apache-2.0
// Who tries wrong passwords has to wait, longer and longer: for each account from each address, and for each address
// whatever account it tries. Nobody is locked out by what comes from elsewhere: an account that is tried from many
// places has no more than less patience with each of them.
//
// Nor is a family by what comes from its own address, where a guest or a broken phone may guess without end:
// - A device that was right here waits for its own mistakes alone.
// - One that made no mistake yet may show that it knows the password while others make the address wait. Of such proofs
//   so few may fail for an account that nobody guesses by them, and what a guest has used up comes again in minutes;
//   who fails hears what he would have heard without.
//
// Only wrong tries that were looked at are written down, and proofs that failed for accounts that there are: both are
// so seldom that no address can push out of memory what it did before. On one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/rate_limiter.hpp"
#include "formats/ip_address.hpp"

namespace mmsgate::web {

/// Wrong tries by whatever they are counted by. Of more than `most` those that were seen last are remembered.
template <typename Key>
class WrongTries {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kLongest{60};
  /// After so long without a wrong try it is forgotten that there was one.
  static constexpr std::chrono::minutes kForgets{15};

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

/// Who tries a password: a program at an address, for an account.
struct Device {
  /// `program`: what it calls itself. Of names that are longer than any true one the rest does not count.
  Device(const formats::IpAddress& client, std::string_view name, std::string_view program)
      : home(client.household()), account(name.substr(0, kLongestName)), agent(program.substr(0, kLongestName)) {}
  static constexpr std::size_t kLongestName = 64;
  formats::IpAddress home;
  std::string account, agent;
  auto operator<=>(const Device&) const = default;
};

class SlowDown {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SlowDown(std::size_t most = 4096);

  /// Nothing: it may try now. Else so long it has to wait, a second or more.
  [[nodiscard]] std::optional<std::chrono::seconds> wait(const Device& device, Clock::time_point now) const;
  /// It has to wait, but a right password of it counts all the same.
  [[nodiscard]] bool may_prove(const Device& device, Clock::time_point now) const;
  void wrong(const Device& device, Clock::time_point now);
  /// It might prove that it knows the password, and did not. Only for accounts that there are: names that are made up
  /// would fill the memory.
  void proved_nothing(const Device& device, Clock::time_point now);
  void right(const Device& device, Clock::time_point now);

 private:
  using Both = std::pair<formats::IpAddress, std::string>;
  WrongTries<Device> by_device_;
  WrongTries<Both> by_both_;
  WrongTries<formats::IpAddress> by_client_;
  WrongTries<std::string> by_account_;
  RateLimiter<Both> failed_proofs_;
  /// Right logins.
  WrongTries<Device> at_home_;
};

}  // namespace mmsgate::web
