// SPDX-License-Identifier: Apache-2.0
#include "runtime/aside.hpp"

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

namespace mmsgate::runtime {

/// The thread's too, which may outlive the Aside.
struct Aside::Shared {
  std::mutex mutex;
  std::condition_variable over;
  bool is_busy = false;  // guarded by mutex
};

Aside::Aside(std::string name, std::chrono::milliseconds patience)
    : name_(std::move(name)), patience_(patience), shared_(std::make_shared<Shared>()) {}

Aside::~Aside() {
  if (!thread_.joinable()) return;
  std::unique_lock lock(shared_->mutex);
  const bool is_over = shared_->over.wait_for(lock, patience_, [this] { return !shared_->is_busy; });
  lock.unlock();
  is_over ? thread_.join() : thread_.detach();
}

bool Aside::is_busy() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->is_busy;
}

bool Aside::start(Task task) {
  if (thread_.joinable()) thread_.join();  // it is over
  shared_->is_busy = true;                 // nobody else is there yet
  try {
    thread_ = std::thread([task = std::move(task), shared = shared_]() mutable {
      std::exchange(task, nullptr)();
      const std::lock_guard lock(shared->mutex);
      shared->is_busy = false;
      shared->over.notify_all();
    });
  } catch (const std::system_error&) {
    shared_->is_busy = false;
    return false;
  }
  pthread_setname_np(thread_.native_handle(), name_.substr(0, 15).c_str());
  return true;
}

}  // namespace mmsgate::runtime
