// SPDX-License-Identifier: Apache-2.0
// The keys by which scripts and cameras send files to phones. Inside a transaction of the thread that owns the
// Database.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite.hpp"
#include "store/upload_key.hpp"

namespace mmsgate::store {

class UploadKeys {
 public:
  explicit UploadKeys(Database& db);

  /// False: another has this name.
  [[nodiscard]] bool add(const UploadKey& key);
  /// False: there is none of this name.
  [[nodiscard]] bool revoke(const std::string& name);
  /// Counts a use. False: there is no such key (any more).
  [[nodiscard]] bool use(const std::string& hash, TimePoint now);
  /// By name.
  [[nodiscard]] std::vector<UploadKey> all();

 private:
  Database& db_;
  Statement insert_, delete_, use_, select_;
};

}  // namespace mmsgate::store
