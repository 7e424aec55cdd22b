// SPDX-License-Identifier: Apache-2.0
// So many requests a minute for each client, in bursts too, and no memory of those who come seldom. On one thread.
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <optional>

#include "formats/ip_address.hpp"

namespace mmsgate::web {

class Limiter {
 public:
  using Clock = std::chrono::steady_clock;

  /// 0: no limit. Of more clients than `most_clients` those who were seen last are remembered.
  explicit Limiter(int per_minute, std::size_t most_clients = 4096)
      : per_minute_(per_minute), most_clients_(most_clients) {}

  /// Takes one off what the client has left. Nothing: it may go on; else so long it has to wait, a second or more.
  [[nodiscard]] std::optional<std::chrono::seconds> take(const formats::IpAddress& client, Clock::time_point now);

  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

 private:
  struct Seen {
    formats::IpAddress client;
    double left;  ///< At `at`; it grows again up to per_minute_.
    Clock::time_point at;
  };
  using Order = std::list<Seen>;  ///< Whoever was seen last is in front.
  Seen& find(const formats::IpAddress& client, Clock::time_point now);

  const int per_minute_;
  const std::size_t most_clients_;
  Order order_;
  std::map<formats::IpAddress, Order::iterator> seen_;
};

}  // namespace mmsgate::web
