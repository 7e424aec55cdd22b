// SPDX-License-Identifier: Apache-2.0
// What is asked for people: lists, a message's history, counts. Inside one read transaction each; used by one thread at
// a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/parts.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Queries {
 public:
  explicit Queries(Database& db);

  /// A point in time that was written down under this name.
  [[nodiscard]] std::optional<TimePoint> mark(std::string_view name);
  [[nodiscard]] bool has_message(const std::string& provider, const std::string& provider_id, const std::string& own);
  [[nodiscard]] bool has_result(const std::string& result_id);
  [[nodiscard]] std::vector<SentLine> sent(const std::string& own, const std::string& destination, TimePoint since,
                                           TimePoint until);
  [[nodiscard]] std::vector<Summary> list(int limit, bool only_open);
  [[nodiscard]] std::optional<History> history(MessageId id);
  [[nodiscard]] Counts counts();

 private:
  [[nodiscard]] std::string states_of(MessageId message);
  [[nodiscard]] std::vector<DeliveryLine> deliveries_of(MessageId message);
  [[nodiscard]] std::vector<EventLine> events_of(MessageId message);

  PartReader parts_;
  Statement mark_, accepted_, result_, sent_, newest_, newest_open_, states_, message_, deliveries_, events_, counts_;
};

}  // namespace mmsgate::store
