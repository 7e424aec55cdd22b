// SPDX-License-Identifier: Apache-2.0
// The database as a file: making it so that nobody else can read it, and noticing when it is taken away under us.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::store {

/// The database's name with this is one that a restore is bringing. As long as it is there and the database itself is
/// not, nothing begins anew in its place.
inline constexpr std::string_view kRestoring = ".restoring";

/// What belongs to a database that is no more has this behind its name.
inline constexpr std::string_view kAside = ".of-the-former";

/// Makes the folder (0700) and the file (0600, empty) where they are missing. Answers the path without links and dots.
[[nodiscard]] Result<std::string> make_file(const std::string& path);

/// Remembers which files the database, its log (-wal) and what its connections share (-shm) are. SQLite goes on writing
/// into files that have been removed, and nobody would ever read it. Plain value; may be asked from any thread.
class FileWatch {
 public:
  /// Call it when all of them are there.
  explicit FileWatch(const std::string& path);

  /// Nothing: all is well. Costs three calls of stat(2).
  [[nodiscard]] std::optional<Error> missing() const;
  /// The database itself is where it was, whatever else is missing.
  [[nodiscard]] bool has_database() const { return database_.is_there(); }
  /// While another database is in its place, what belongs to ours gets other names, or SQLite would read the one with
  /// the log of the other at the next start; when ours is back, so are they. Writer's thread.
  void keep_apart() const;

 private:
  struct Watched {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    [[nodiscard]] bool is_there() const { return is_at(path); }
    [[nodiscard]] bool is_at(const std::string& name) const;
  };
  [[nodiscard]] static Watched watch(std::string path);

  Watched database_;
  Watched log_;     ///< -wal
  Watched shared_;  ///< -shm
};

}  // namespace mmsgate::store
