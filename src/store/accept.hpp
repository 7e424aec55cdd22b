// SPDX-License-Identifier: Apache-2.0
// Storing what is new: a message, its parts, its deliveries. Writer's thread, inside a transaction.
#pragma once

#include <vector>

#include "core/message.hpp"
#include "store/events.hpp"
#include "store/lanes.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"
#include "store/twins.hpp"

namespace mmsgate::store {

class Acceptor {
 public:
  Acceptor(Database& db, EventLog& events, Lanes& lanes, Twins& twins);

  [[nodiscard]] Accepted accept(const std::vector<NewMessage>& messages);

 private:
  /// Nothing: it is here already.
  [[nodiscard]] std::optional<MessageId> add(const NewMessage& message);
  void add_parts(MessageId id, const NewMessage& message);
  void add_delivery(MessageId id, const NewMessage& message, const NewDelivery& delivery);
  [[nodiscard]] MessageId find(const NewMessage& message);

  Database& db_;
  EventLog& events_;
  Lanes& lanes_;
  Twins& twins_;
  Statement insert_message_, find_message_, insert_part_, insert_delivery_;
};

}  // namespace mmsgate::store
