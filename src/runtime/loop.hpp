// SPDX-License-Identifier: Apache-2.0
// A thread with a mailbox and timers. post() and post_after() may be called from any thread; what was posted runs on
// the loop's own thread, in the order of posting. Whoever makes a Loop owns it and outlives nothing that posts to it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mmsgate::runtime {

class Loop {
 public:
  using Task = std::move_only_function<void()>;
  using Steady = std::chrono::steady_clock;

  /// Starts the thread. `name` is what top and gdb show; 15 characters at most (pthread_setname_np).
  explicit Loop(const std::string& name);
  /// Stops as stop() does.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void post(Task task);
  /// Runs `task` once, not before `delay` has passed. A timer that is due when the loop stops is dropped.
  void post_after(std::chrono::milliseconds delay, Task task);

  /// Runs what was posted before, then ends the thread. What is posted later is dropped. May be called twice.
  void stop();

  /// True on the loop's own thread; for assertions.
  [[nodiscard]] bool on_thread() const { return std::this_thread::get_id() == thread_.get_id(); }

 private:
  void run();
  [[nodiscard]] std::vector<Task> take_due(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Task> mailbox_;                       // guarded by mutex_
  std::multimap<Steady::time_point, Task> timers_;  // guarded by mutex_
  bool stopping_ = false;                           // guarded by mutex_
  std::thread thread_;                              // last: it uses the others
};

}  // namespace mmsgate::runtime
