// SPDX-License-Identifier: Apache-2.0
// Texts that were sealed before they came here. Inside a transaction of the thread that owns the Database.
#pragma once

#include <optional>
#include <string>

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class SealedTexts {
 public:
  explicit SealedTexts(Database& db);

  void keep(const Sealed& sealed);
  [[nodiscard]] std::optional<Sealed> find(const std::string& name);

 private:
  Statement insert_, select_;
};

}  // namespace mmsgate::store
