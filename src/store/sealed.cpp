// SPDX-License-Identifier: Apache-2.0
#include "store/sealed.hpp"

namespace mmsgate::store {

SealedTexts::SealedTexts(Database& db)
    : insert_(db, "INSERT OR REPLACE INTO sealed (name, salt, text) VALUES (?, ?, ?)"),
      select_(db, "SELECT salt, text FROM sealed WHERE name = ?") {}

void SealedTexts::keep(const Sealed& sealed) { insert_.run(sealed.name, sealed.salt, sealed.text); }

std::optional<Sealed> SealedTexts::find(const std::string& name) {
  Cursor row = select_.query(name);
  if (!row.next()) return std::nullopt;
  Sealed sealed{.name = name};
  row.read(sealed.salt, sealed.text);
  return sealed;
}

}  // namespace mmsgate::store
