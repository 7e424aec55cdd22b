// SPDX-License-Identifier: Apache-2.0
// What is known of the files that we keep; their bytes are media's. Inside a transaction of the thread that owns the
// Database.
#pragma once

#include <optional>

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Blobs {
 public:
  explicit Blobs(Database& db);

  /// The same again changes nothing.
  void add(const Blob& blob);
  [[nodiscard]] std::optional<Blob> find(const BlobId& id);
  [[nodiscard]] Uploaded uploaded(const std::string& account, TimePoint since);

 private:
  Statement insert_, select_, uploaded_;
};

}  // namespace mmsgate::store
