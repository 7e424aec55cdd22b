// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace mmsgate::store {

Error sqlite_error(int code, std::string_view said, std::string_view path) {
  constexpr int kPrimary = 0xff;  // the low byte of an extended code (sqlite3.h)
  switch (code & kPrimary) {
    case SQLITE_FULL:
      return {ErrorKind::transient, fmt::format("no room left for the database {}: free some space on its disk", path)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorKind::transient,
              fmt::format("the database {} is locked by another program: `fuser {}` names it; end it", path, path)};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return {ErrorKind::transient, fmt::format("the database {} cannot be opened or written ({}): the file and its "
                                                "folder must exist and belong to the user that mmsgate runs as",
                                                path, said)};
    case SQLITE_IOERR:
      return {ErrorKind::transient,
              fmt::format("the disk failed under the database {} ({}, code {}): see `dmesg`", path, said, code)};
    case SQLITE_NOMEM:
      return {ErrorKind::transient, fmt::format("no memory left for the database {}", path)};
    case SQLITE_NOTADB:
      return {ErrorKind::corrupt, fmt::format("{} is not a database: name another file, or move it away", path)};
    case SQLITE_CORRUPT:
      return {ErrorKind::corrupt,
              fmt::format("the database {} is damaged ({}): stop mmsgate and put a backup back", path, said)};
    case SQLITE_TOOBIG:
      return {ErrorKind::rejected, fmt::format("too big for the database {}", path)};
    default:
      return {ErrorKind::bug, fmt::format("the database {} refused what was asked: {} (code {})", path, said, code)};
  }
}

}  // namespace mmsgate::store
