// SPDX-License-Identifier: Apache-2.0
// Tells the customer's server of a message that came: POST of JSON, or the older call-back by GET; again and again
// until it is answered 200. deliver() and attempts() may be called from any thread; the rest happens on the outgoing
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "voipms/world.hpp"

namespace mmsgate_sim {

struct Attempt {
  long status = 0;  ///< 0: no answer; `error` says why.
  std::string body;
  std::string error;
  double ms = 0;
  Time at;
};
[[nodiscard]] Json to_json(const Attempt& attempt);

/// The body that is posted. `patch` (RFC 7396) is laid over it, so that a test can have any odd form.
[[nodiscard]] std::string webhook_body(const std::string& media_base, const Message& message, const Json& patch);

class Webhook {
 public:
  using Done = std::move_only_function<void(std::vector<Attempt>)>;
  explicit Webhook(World& world) : world_(world) {}

  /// Posts it so many times, one after the other, then calls `done` with what was answered. What was not answered 200
  /// is posted again later, by itself. No web hook set, or a fault that drops it: `done` gets none.
  void deliver(MessagePtr message, Json patch, std::int64_t times, Done done);
  [[nodiscard]] std::vector<Attempt> attempts(std::int64_t id) const;
  /// Forgets the attempts, and what would be posted again later.
  void reset();

 private:
  struct Job;
  void post(std::shared_ptr<Job> job);
  void on_answer(std::shared_ptr<Job> job, OutResponse response, Time at);
  void retry_later(const MessagePtr& message, const Json& patch);
  [[nodiscard]] std::uint64_t generation() const;

  World& world_;
  mutable std::mutex mutex_;
  std::map<std::int64_t, std::vector<Attempt>> attempts_;  // guarded by mutex_
  std::uint64_t generation_ = 0;                           // guarded by mutex_; counts resets
};

}  // namespace mmsgate_sim
