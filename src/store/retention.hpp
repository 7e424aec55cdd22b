// SPDX-License-Identifier: Apache-2.0
// What is no longer needed: files whose time is over, messages of long ago. Finding them is reading; removing is the
// writer's, inside a transaction.
#pragma once

#include <vector>

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

/// On the reading connection.
class Expired {
 public:
  explicit Expired(Database& db);

  [[nodiscard]] ExpiredBlobs blobs(TimePoint now, const BlobPlace& after, int limit);
  [[nodiscard]] OldMessages messages(TimePoint before, MessageId after, int limit);
  [[nodiscard]] std::uint64_t media_bytes();

 private:
  Statement blobs_, messages_, bytes_;
};

/// On the writing connection.
class Retention {
 public:
  explicit Retention(Database& db);

  void forget_blobs(const std::vector<BlobId>& ids);
  /// How many there were.
  [[nodiscard]] int forget_messages(const std::vector<MessageId>& ids);

 private:
  Database& db_;
  Statement lose_parts_, drop_blob_, drop_revocations_, drop_events_, drop_deliveries_, drop_parts_, drop_message_,
      shrink_;
};

}  // namespace mmsgate::store
