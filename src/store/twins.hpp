// SPDX-License-Identifier: Apache-2.0
// What a provider tells and what its log shows are the same messages. Where both use the same ids, the id decides;
// until that is known, the same words to the same number at about the same time do. Writer's thread, inside a
// transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/message.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Twins {
 public:
  explicit Twins(Database& db);

  /// Is it here under another id? Then it is written down that they are one.
  [[nodiscard]] bool has_twin(const NewMessage& message);
  /// The log shows these. When one has the id by which it was told, ids are trusted from now on.
  void note_log(const std::vector<LoggedId>& entries);

 private:
  [[nodiscard]] std::optional<MessageId> twin_of_logged(const NewMessage& message);
  [[nodiscard]] std::optional<MessageId> twin_of_told(const NewMessage& message);
  [[nodiscard]] bool ids_agree();

  std::optional<bool> ids_agree_;  ///< Nothing: not looked up yet.
  Statement find_, find_logged_, find_other_id_, find_told_, set_other_id_, told_by_id_, agree_, do_agree_;
};

}  // namespace mmsgate::store
