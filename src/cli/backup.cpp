// SPDX-License-Identifier: Apache-2.0
#include "cli/backup.hpp"

#include <signal.h>
#include <unistd.h>

#include <fmt/format.h>

#include "backup/make.hpp"
#include "cli/say.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {
namespace {

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

/// One line that changes, for who sits before it.
backup::Progress progress() {
  if (::isatty(STDERR_FILENO) == 0) return [](std::uint64_t, std::uint64_t) {};
  return [](std::uint64_t done, std::uint64_t all) {
    fmt::print(stderr, "\r{:.1f} of {:.1f} MB", megabytes(done), megabytes(all));
    if (done >= all) fmt::print(stderr, "\n");
  };
}

void warn(const std::vector<std::string>& ids, std::string_view what) {
  if (ids.empty()) return;
  fmt::print(stderr, "mmsgate: {} {}, the first of them {}\n", ids.size(), what, ids.front());
}

}  // namespace

int backup(const ops::Config& config, const std::string& config_file, const BackupOptions& options) {
  if (options.to == "-" && ::isatty(STDOUT_FILENO) != 0) {
    return say("standard output is a terminal: name a file, or send it somewhere: mmsgate backup - | ssh ...");
  }
  ::signal(SIGPIPE, SIG_IGN);  // who reads it has gone: that is said, and what was begun goes
  const backup::Source source{
      .database = config.database, .media_folder = config.media_folder, .config_file = config_file};
  const backup::Wish wish{.to = options.to,
                          .may_replace = options.force,
                          .with_media = !options.without_media,
                          .with_config = !options.without_config,
                          .keep = options.keep};
  const auto made = backup::make_backup(source, wish, runtime::SystemClock().now(), progress());
  if (!made) return say(made.error().detail);
  warn(made->missing, "files that the database names were not there");
  warn(made->spoilt, "files are not what they were when they were stored: is the disk failing?");
  for (const std::string& each : made->removed) fmt::print("An older one was removed: {}\n", each);
  const bool is_piped = made->file.empty();
  std::FILE* out = is_piped ? stderr : stdout;  // else it would be in the middle of the backup
  fmt::print(out, "The database and {} files are in {} ({:.1f} MB).\n", made->files,
             is_piped ? "the backup" : made->file, megabytes(made->bytes));
  if (wish.with_config) {
    fmt::print(out, "The config is in it, with its passwords: keep it where nobody else can read it.\n");
  }
  return 0;
}

}  // namespace mmsgate::cli
