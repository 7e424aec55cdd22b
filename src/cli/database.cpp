// SPDX-License-Identifier: Apache-2.0
#include "cli/database.hpp"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "store/sqlite_store.hpp"

namespace mmsgate::cli {
namespace {

/// A person is more patient than a phone.
constexpr auto kPatience = std::chrono::seconds(5);

}  // namespace

Result<Database> read_database(const ops::Config& config) {
  auto database =
      store::open_sqlite({.path = config.database, .patience = kPatience, .read_only = true}, runtime::Log::none());
  std::error_code unknown;
  if (database || std::filesystem::exists(config.database, unknown) || unknown) return database;
  return fail(ErrorKind::transient,
              fmt::format("there is no database {} ([mmsgate] dbfile). A ~ there is the home of whoever runs this "
                          "command: with the package, type it as root; docs/config.md says why. The gateway makes the "
                          "database at its first start",
                          config.database));
}

Result<Database> change_database(const ops::Config& config) {
  if (const auto is_there = read_database(config); !is_there) return std::unexpected(is_there.error());
  return store::open_sqlite({.path = config.database, .patience = kPatience}, runtime::Log::none());
}

}  // namespace mmsgate::cli
