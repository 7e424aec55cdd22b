// SPDX-License-Identifier: Apache-2.0
// The tokens of the web hook. Inside a transaction of the thread that owns the Database.
#pragma once

#include <string>
#include <vector>

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class HookTokenTable {
 public:
  explicit HookTokenTable(Database& db);

  /// The oldest first.
  [[nodiscard]] std::vector<HookToken> read();
  void add(const std::string& token, TimePoint now);
  [[nodiscard]] Removal remove(std::int64_t number, bool even_the_last);
  void note_use(const std::string& token, TimePoint at);

 private:
  Database& db_;
  Statement select_, insert_, count_others_, remove_, note_use_;
};

}  // namespace mmsgate::store
