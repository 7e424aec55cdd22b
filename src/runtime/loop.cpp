// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop.hpp"

#include <pthread.h>

#include <utility>

namespace mmsgate::runtime {

Loop::Loop(const std::string& name) : thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

Loop::~Loop() { stop(); }

void Loop::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  mailbox_.push_back(std::move(task));
  if (mailbox_.size() == 1) wake_.notify_one();
}

void Loop::post_after(std::chrono::milliseconds delay, Task task) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  const auto it = timers_.emplace(Steady::now() + delay, std::move(task));
  if (it == timers_.begin()) wake_.notify_one();
}

void Loop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

std::vector<Loop::Task> Loop::take_due(std::unique_lock<std::mutex>& lock) {
  while (mailbox_.empty() && !stopping_ && (timers_.empty() || timers_.begin()->first > Steady::now())) {
    if (timers_.empty()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, timers_.begin()->first);
    }
  }
  std::vector<Task> due = std::exchange(mailbox_, {});
  const auto now = Steady::now();
  while (!stopping_ && !timers_.empty() && timers_.begin()->first <= now) {
    due.push_back(std::move(timers_.begin()->second));
    timers_.erase(timers_.begin());
  }
  return due;
}

void Loop::run() {
  for (;;) {
    std::vector<Task> due;
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      due = take_due(lock);
      last = stopping_;
    }
    for (Task& task : due) task();
    if (last) return;
  }
}

}  // namespace mmsgate::runtime
