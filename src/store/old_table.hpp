// SPDX-License-Identifier: Apache-2.0
// The table send_msgs of the first MMSGate, read over a connection of its own, never written. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "store/import.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class OldTable {
 public:
  /// Null: the file has no such table. transient: it cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<OldTable>> open(const std::string& path);

  /// The next `limit` rows behind the row `after`, in the order in which they were written; fewer: there are no more.
  [[nodiscard]] Result<std::vector<OldRow>> rows(std::int64_t after, int limit);
  /// Nothing: it is empty.
  [[nodiscard]] Result<std::optional<TimePoint>> newest();

 private:
  explicit OldTable(std::unique_ptr<Database> db);

  std::unique_ptr<Database> db_;
  Statement rows_, newest_;
};

}  // namespace mmsgate::store
