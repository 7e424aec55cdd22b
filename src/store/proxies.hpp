// SPDX-License-Identifier: Apache-2.0
// The proxies that were seen, by the names of their lives: one that was started anew has lost what it kept in memory.
// Writer's thread, inside a transaction.
#pragma once

#include <optional>
#include <string>

#include "store/sqlite.hpp"
#include "store/upkeep.hpp"

namespace mmsgate::store {

class Proxies {
 public:
  Proxies(Database& db, Upkeep& upkeep);

  /// See Store::note_proxy().
  [[nodiscard]] std::optional<int> note(const std::string& name, TimePoint now, TimePoint kept_since);

 private:
  Database& db_;
  Upkeep& upkeep_;
  Statement any_, see_, add_, forget_;
};

}  // namespace mmsgate::store
