// SPDX-License-Identifier: Apache-2.0
// What is handed out to phones, each a few times. Inside a transaction of the thread that owns the Database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Handouts {
 public:
  explicit Handouts(Database& db);

  void add(const std::vector<Handout>& handouts);
  [[nodiscard]] std::optional<Handout> find(const std::string& id, TimePoint now);
  [[nodiscard]] std::optional<Handout> take(const std::string& id, TimePoint now);
  [[nodiscard]] std::vector<Handout> configs(TimePoint now);
  /// How many configurations.
  [[nodiscard]] int revoke(const std::string& account);
  [[nodiscard]] int drop_expired(TimePoint now);

 private:
  Database& db_;
  Statement insert_, select_, list_, keep_contacts_, count_down_, drop_, revoke_contacts_, revoke_configs_,
      drop_expired_;
};

}  // namespace mmsgate::store
