// SPDX-License-Identifier: Apache-2.0
// The directory as it was read last, so that a start without the carrier still knows who is who. Inside a transaction
// of the thread that owns the Database.
#pragma once

#include "core/directory.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class DirectoryTable {
 public:
  explicit DirectoryTable(Database& db);

  void replace(const Directory& directory, TimePoint now);
  /// In the order in which they were given.
  [[nodiscard]] Directory read();

 private:
  [[nodiscard]] std::vector<SubAccount> read_accounts();
  [[nodiscard]] std::vector<Did> read_dids();

  Statement clear_accounts_, insert_account_, select_accounts_;
  Statement clear_dids_, insert_did_, select_dids_;
};

}  // namespace mmsgate::store
