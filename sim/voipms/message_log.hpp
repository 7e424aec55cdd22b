// SPDX-License-Identifier: Apache-2.0
// What was sent through the simulator and what came from outside, in memory. Every method may be called from any
// thread; the messages themselves never change once they are in.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "voipms/http_server.hpp"
#include "voipms/text.hpp"

namespace mmsgate_sim {

struct Media {
  std::string url;
  std::string name;
  std::string type;
  std::string sha256;
  Bytes bytes;      ///< Null: not ours to serve (a foreign URL of an incoming message).
  long status = 0;  ///< Of the fetch, for what was sent; 0: it came in the call itself.
};

struct Message {
  std::int64_t id = 0;      ///< 0: the log gives one.
  std::uint64_t index = 0;  ///< The how-manieth of its direction, from 0.
  bool received = false;
  bool mms = false;
  std::string did;
  std::string contact;          ///< The other one.
  std::vector<std::string> to;  ///< Received: every destination, of which `did` is the first.
  std::string text;
  std::vector<Media> media;
  Time at;
};
using MessagePtr = std::shared_ptr<const Message>;

struct SentQuery {
  std::uint64_t since = 0;  ///< The index to begin with.
  std::size_t count = 1;
  std::string did;  ///< Empty: any.
  std::string dst;
};

class MessageLog {
 public:
  using Ready = std::move_only_function<void()>;

  MessageLog(std::int64_t first_id, std::size_t keep) : next_id_(first_id), keep_(keep) {}

  MessagePtr add(Message message);
  [[nodiscard]] std::int64_t new_id();
  [[nodiscard]] MessagePtr find(std::int64_t id) const;
  /// Newest first, as the provider lists them.
  [[nodiscard]] std::vector<MessagePtr> newest(std::size_t most,
                                               const std::function<bool(const Message&)>& wanted) const;
  [[nodiscard]] std::vector<MessagePtr> incoming() const;
  [[nodiscard]] std::vector<MessagePtr> sent(const SentQuery& query) const;
  /// Calls `ready` once, when `count` such messages are there or expire() is called with the ticket that is returned.
  /// Possibly at once, and then on the caller's thread; it must only hand on.
  std::uint64_t when_sent(const SentQuery& query, Ready ready);
  void expire(std::uint64_t ticket);
  void keep(std::size_t most);
  void clear();

 private:
  struct Waiter {
    SentQuery query;
    std::size_t missing;
    Ready ready;
  };
  void trim(std::deque<MessagePtr>& list);
  [[nodiscard]] std::vector<Ready> take_ready(const Message& added);

  mutable std::mutex mutex_;  // guards everything below
  std::int64_t next_id_;
  std::size_t keep_;  // of each direction; 0: all
  std::uint64_t next_index_[2] = {0, 0};
  std::deque<MessagePtr> sent_;
  std::deque<MessagePtr> incoming_;
  std::unordered_map<std::int64_t, MessagePtr> by_id_;
  std::map<std::uint64_t, Waiter> waiters_;
  std::uint64_t next_ticket_ = 1;
};

}  // namespace mmsgate_sim
