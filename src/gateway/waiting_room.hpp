// SPDX-License-Identifier: Apache-2.0
// How much may wait for the store at once: what was not written down yet is in memory alone. What is small gets in
// when what is large no longer does. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace mmsgate::gateway {

class WaitingRoom {
 public:
  /// In bytes.
  struct Size {
    std::size_t most = 0;
    std::size_t small = 0;           ///< Who takes up no more than this ...
    std::size_t kept_for_small = 0;  ///< ... has so much of it that is closed to all others.
  };
  explicit WaitingRoom(Size size) : size_(size) {}

  /// Takes up so much for as long as somebody holds it. Null: there is no room left. Both may outlive the other.
  [[nodiscard]] std::shared_ptr<void> enter(std::size_t bytes) const {
    const std::size_t open = bytes <= size_.small ? size_.most : size_.most - size_.kept_for_small;
    if (inside_->fetch_add(bytes) + bytes > open) {
      *inside_ -= bytes;
      return nullptr;
    }
    return {inside_.get(), [inside = inside_, bytes](void*) { *inside -= bytes; }};
  }

 private:
  const Size size_;
  const std::shared_ptr<std::atomic<std::size_t>> inside_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace mmsgate::gateway
