// SPDX-License-Identifier: Apache-2.0
// Storing what is new: a message, its parts, its deliveries. Writer's thread, inside a transaction.
#pragma once

#include <vector>

#include "core/message.hpp"
#include "store/events.hpp"
#include "store/lanes.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Acceptor {
 public:
  Acceptor(Database& db, EventLog& events, Lanes& lanes);

  [[nodiscard]] Accepted accept(const std::vector<NewMessage>& messages);

 private:
  /// Nothing: it is here already.
  [[nodiscard]] std::optional<MessageId> add(const NewMessage& message);
  /// Is it here under another id, since the provider has told and logged it? Then it is written down that they are one.
  [[nodiscard]] bool has_twin(const NewMessage& message);
  void add_parts(MessageId id, const NewMessage& message);
  void add_delivery(MessageId id, const NewMessage& message, const NewDelivery& delivery);
  [[nodiscard]] MessageId find(const NewMessage& message);

  Database& db_;
  EventLog& events_;
  Lanes& lanes_;
  Statement insert_message_, find_message_, insert_part_, insert_delivery_;
  Statement find_logged_, find_other_id_, find_told_, set_other_id_;
};

}  // namespace mmsgate::store
