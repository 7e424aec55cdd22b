// SPDX-License-Identifier: Apache-2.0
// How long each connection has been busy with a request that is not whole yet. libmicrohttpd ends what is silent; a
// client that sends a byte now and then it would serve for ever. On the web thread.
#pragma once

#include <microhttpd.h>

#include <chrono>
#include <map>

namespace mmsgate::web {

class Connections {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Connections(std::chrono::seconds limit) : limit_(limit) {}

  void opened(MHD_Connection* connection) { since_[connection] = Clock::now(); }
  void closed(MHD_Connection* connection) { since_.erase(connection); }
  /// From now on it is answered; a slow reader is libmicrohttpd's to end.
  void request_is_whole(MHD_Connection* connection) { since_[connection] = Clock::time_point::max(); }
  /// The next request of the connection may begin.
  void answered(MHD_Connection* connection) { since_[connection] = Clock::now(); }

  [[nodiscard]] bool empty() const { return since_.empty(); }
  /// Cuts off what has taken longer than the limit. May be called at any time; looks once a second.
  void sweep();

 private:
  const std::chrono::seconds limit_;
  Clock::time_point next_look_;
  std::map<MHD_Connection*, Clock::time_point> since_;
};

}  // namespace mmsgate::web
