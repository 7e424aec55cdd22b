// SPDX-License-Identifier: Apache-2.0
// How much may be sent here within a day, by one account and by all: what the store has, and what is on its way.
// Thread-safe.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "gateway/world.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

class UploadQuota {
 public:
  explicit UploadQuota(World world) : world_(world) {}

  /// The answer that refuses so many bytes, or what reserves them as long as somebody holds it: until the file is in
  /// the store, which counts from then on. Both may outlive the other.
  [[nodiscard]] std::expected<std::shared_ptr<void>, web::Response> reserve(const std::string& account,
                                                                            std::uint64_t bytes);

 private:
  /// On their way, now.
  struct Under {
    std::mutex mutex;
    std::map<std::string, std::uint64_t> by_account;  // guarded by mutex
    std::uint64_t by_all = 0;                         // guarded by mutex
  };
  World world_;
  const std::shared_ptr<Under> under_ = std::make_shared<Under>();
};

}  // namespace mmsgate::gateway
