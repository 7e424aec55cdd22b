// SPDX-License-Identifier: Apache-2.0
// The door into the web thread: what others post wakes its poll. Outlives the server for answers that come late, which
// it drops.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace mmsgate::runtime {

class Mailbox {
 public:
  using Task = std::move_only_function<void()>;

  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Any thread. Dropped, unrun, after close().
  void post(Task task);
  /// Readable while something is posted.
  [[nodiscard]] int fd() const { return event_; }
  /// The thread itself: runs what was posted.
  void run();
  void close();

 private:
  const int event_;
  std::mutex mutex_;
  std::vector<Task> tasks_;  // guarded by mutex_
  bool closed_ = false;      // guarded by mutex_
};

}  // namespace mmsgate::runtime
