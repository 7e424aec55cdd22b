// SPDX-License-Identifier: Apache-2.0
// Everything that goes out or waits: HTTP requests to others (web hooks, media to fetch) and timers, on one thread of
// its own ("outgoing"). start() and after() may be called from any thread; callbacks run on that thread and must not
// block.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mmsgate_sim {

struct OutRequest {
  std::string url;
  std::optional<std::string> post;  ///< A JSON body; without it, GET.
  std::chrono::milliseconds limit{20000};
  std::uint64_t most_bytes = 64U << 20;
};

struct OutResponse {
  long status = 0;  ///< 0: there was no answer; `error` says why.
  std::string type;
  std::string body;
  std::string error;
  double ms = 0;
};

class Outgoing {
 public:
  using Done = std::move_only_function<void(OutResponse)>;
  using Task = std::move_only_function<void()>;

  Outgoing();
  ~Outgoing();
  Outgoing(const Outgoing&) = delete;
  Outgoing& operator=(const Outgoing&) = delete;

  void start(OutRequest request, Done done);
  void after(std::chrono::milliseconds delay, Task task);
  /// Drops what is under way, uncalled, and joins the thread. May be called twice.
  void stop();

 private:
  struct Transfer;
  using Steady = std::chrono::steady_clock;

  void run();
  void begin_posted();
  void run_due();
  void finish_done();
  [[nodiscard]] int wait_ms();

  void* multi_;                                           // CURLM; used by the thread only, but for its wake-up
  std::map<void*, std::unique_ptr<Transfer>> transfers_;  // used by the thread only
  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> posted_;   // guarded by mutex_
  std::multimap<Steady::time_point, Task> timers_;  // guarded by mutex_
  bool stopping_ = false;                           // guarded by mutex_
  std::thread thread_;                              // last: it uses the others
};

}  // namespace mmsgate_sim
