// SPDX-License-Identifier: Apache-2.0
// How much may wait for the store at once: what was not written down yet is in memory alone. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

namespace mmsgate::gateway {

class WaitingRoom {
 public:
  /// `most`: bytes.
  explicit WaitingRoom(std::size_t most) : most_(most) {}

  /// Takes up so much for as long as somebody holds it. Null: there is no room left. Both may outlive the other.
  [[nodiscard]] std::shared_ptr<void> enter(std::size_t bytes) const {
    if (inside_->fetch_add(bytes) + bytes > most_) {
      *inside_ -= bytes;
      return nullptr;
    }
    return {inside_.get(), [inside = inside_, bytes](void*) { *inside -= bytes; }};
  }

 private:
  const std::size_t most_;
  const std::shared_ptr<std::atomic<std::size_t>> inside_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace mmsgate::gateway
