// SPDX-License-Identifier: Apache-2.0
// Taking over the rows of the first MMSGate's database. Doing it twice adds nothing the second time. Writer's thread,
// inside a transaction.
#pragma once

#include <optional>
#include <vector>

#include "store/events.hpp"
#include "store/import.hpp"
#include "store/lanes.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class Importer {
 public:
  Importer(Database& db, EventLog& events, Lanes& lanes);

  [[nodiscard]] Imported take(const std::vector<Import>& imports);
  /// Rows up to this time have been taken.
  void mark(TimePoint newest);

 private:
  /// A message as far as it has been taken over.
  struct Known {
    MessageId id;
    Source source = Source::imported;
    std::string text;
    int part_count = 0;
  };
  [[nodiscard]] Imported take(const Import& import);
  [[nodiscard]] std::optional<Known> find(const Import& import);
  [[nodiscard]] Known begin(const Import& import);
  /// Where the piece's text and parts stand in the message: where they were put before, or behind all others.
  [[nodiscard]] Slice place(Known& message, const NewMessage& piece);
  [[nodiscard]] int place_part(Known& message, const Part& part);
  [[nodiscard]] bool has_delivery(MessageId id, const NewDelivery& delivery, const Slice& slice);
  void add_delivery(MessageId id, const Import& import, const NewDelivery& delivery, const Slice& slice);

  Database& db_;
  EventLog& events_;
  Lanes& lanes_;
  Statement find_, insert_message_, set_text_, find_part_, insert_part_, count_parts_, find_delivery_, insert_delivery_,
      mark_;
};

}  // namespace mmsgate::store
