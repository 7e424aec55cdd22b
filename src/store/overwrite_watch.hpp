// SPDX-License-Identifier: Apache-2.0
// Notices when somebody else writes into the database file itself, as `cp OLD mmsgate.sqlite` does: the file is then
// the same one, and SQLite, which knows that nobody does that, would mix what it remembers with what is there now.
//
// In WAL mode nothing changes the file but a checkpoint, and each leaves its mark in what all connections share. A file
// that has changed without one has been changed by somebody else. Writer's thread, between transactions.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>

#include "core/error.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

class OverwriteWatch {
 public:
  /// `path`: of the file that `db` has open.
  OverwriteWatch(Database& db, std::string path);

  /// Nothing: all is well. An error stays: what SQLite remembers is of a file that is no more, so only a new start
  /// helps. From then on nothing is folded into the file any more, and when it is certainly another content, the log
  /// (-wal) of the old one is renamed, so that the new start takes the file as it is.
  [[nodiscard]] std::optional<Error> look();
  /// What look() has found before.
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  /// What stat(2) shows of each write.
  struct Stamp {
    timespec changed{};
    off_t size = 0;
    [[nodiscard]] bool operator==(const Stamp& other) const;
  };
  [[nodiscard]] std::optional<Stamp> stamp() const;
  [[nodiscard]] Error put_aside(const Database::FileState& now, const Stamp& stamp);

  Database& db_;
  const std::string path_;
  std::optional<Stamp> stamp_;
  std::optional<Database::FileState> state_;
  std::optional<Error> error_;
};

}  // namespace mmsgate::store
