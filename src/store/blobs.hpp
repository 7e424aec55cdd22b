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
  /// How many have a bare id that is a link: of those that this recipient was given or has sent; empty: of all. Walks
  /// through all files of messages: for people.
  [[nodiscard]] std::int64_t plain_links(const std::string& recipient);
  /// They have none from now on. Answers how many had.
  [[nodiscard]] int end_plain_links(const std::string& recipient);

 private:
  Database& db_;
  Statement insert_, select_, uploaded_, count_plain_, end_plain_;
};

}  // namespace mmsgate::store
