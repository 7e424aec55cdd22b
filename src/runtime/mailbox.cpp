// SPDX-License-Identifier: Apache-2.0
#include "runtime/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace mmsgate::runtime {

Mailbox::Mailbox() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Mailbox::~Mailbox() { ::close(event_); }

void Mailbox::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  tasks_.push_back(std::move(task));
  if (tasks_.size() > 1) return;  // woken already
  constexpr std::uint64_t kOne = 1;
  static_cast<void>(!::write(event_, &kOne, sizeof kOne));
}

void Mailbox::run() {
  std::vector<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    std::uint64_t count = 0;
    static_cast<void>(!::read(event_, &count, sizeof count));
    tasks.swap(tasks_);
  }
  for (Task& task : tasks) task();
}

void Mailbox::close() {
  std::vector<Task> dropped;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(tasks_);
  }
}

}  // namespace mmsgate::runtime
