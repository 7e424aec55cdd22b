// SPDX-License-Identifier: Apache-2.0
// What other threads bring to a test, waited for with a limit: nothing is slept through, nothing hangs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace mmsgate::testing_support {

template <typename T>
class WaitingQueue {
 public:
  void push(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    wake_.notify_one();
  }
  /// Nothing: none came in time.
  [[nodiscard]] std::optional<T> pop(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    if (!wake_.wait_for(lock, limit, [this] { return !values_.empty(); })) return std::nullopt;
    std::optional<T> value(std::move(values_.front()));
    values_.pop_front();
    return value;
  }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<T> values_;
};

}  // namespace mmsgate::testing_support
