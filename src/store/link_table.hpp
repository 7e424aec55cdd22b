// SPDX-License-Identifier: Apache-2.0
// What links are signed with, what of them was revoked, and who was given any. Inside a transaction of the thread that
// owns the Database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/link.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class LinkTable {
 public:
  explicit LinkTable(Database& db);

  /// The newest first.
  [[nodiscard]] std::vector<LinkSecret> secrets();
  /// Those that are over by now go.
  void rotate(const LinkRotation& rotation);

  [[nodiscard]] std::vector<LinkRevocation> revocations();
  void revoke(const std::string& recipient, const std::optional<BlobId>& blob, TimePoint now);

  /// By name. Walks through all files of messages: for people.
  [[nodiscard]] std::vector<LinkRecipient> recipients();

 private:
  Statement select_secrets_, insert_secret_, retire_, drop_all_, drop_ended_, select_revocations_, revoke_, recipients_;
};

}  // namespace mmsgate::store
