// SPDX-License-Identifier: Apache-2.0
// The directory as it was read last, so that a start without the carrier still knows who is who. Inside a transaction
// of the thread that owns the Database.
#pragma once

#include <vector>

#include "core/directory.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class SubAccounts {
 public:
  explicit SubAccounts(Database& db);

  void replace(const std::vector<SubAccount>& accounts, TimePoint now);
  /// In the order in which they were given.
  [[nodiscard]] std::vector<SubAccount> read();

 private:
  Statement clear_, insert_, select_;
};

}  // namespace mmsgate::store
