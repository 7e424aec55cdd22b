// SPDX-License-Identifier: Apache-2.0
// The database as a file: making it so that nobody else can read it, and noticing when it is taken away under us.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "core/error.hpp"

namespace mmsgate::store {

/// Makes the folder (0700) and the file (0600, empty) where they are missing. Answers the path without links and dots.
[[nodiscard]] Result<std::string> make_file(const std::string& path);

/// Remembers which files the database and its log (-wal) are. SQLite goes on writing into files that have been removed,
/// and nobody would ever read it. Plain value; may be asked from any thread.
class FileWatch {
 public:
  /// Call it when both files are there.
  explicit FileWatch(const std::string& path);

  /// Nothing: all is well. Costs two calls of stat(2).
  [[nodiscard]] std::optional<Error> missing() const;

 private:
  struct Watched {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
    [[nodiscard]] bool is_there() const;
  };
  [[nodiscard]] static Watched watch(std::string path);

  Watched database_;
  Watched log_;
};

}  // namespace mmsgate::store
