// SPDX-License-Identifier: Apache-2.0
#include "cli/import.hpp"

#include <future>

#include <fmt/format.h>

#include "cli/say.hpp"
#include "cli/settings.hpp"
#include "gateway/links.hpp"
#include "gateway/move_in.hpp"
#include "ops/control.hpp"
#include "runtime/system.hpp"
#include "store/sqlite_store.hpp"

namespace mmsgate::cli {
namespace {

Result<gateway::MovedIn> take_over(const ops::Config& config, const ImportOptions& options) {
  auto log = runtime::Log::open(config.log_level, config.log_file);
  if (!log) return std::unexpected(log.error());
  auto store = store::open_sqlite({.path = config.database}, *log);
  if (!store) return std::unexpected(store.error());
  auto directory = (*store)->directory();
  if (!directory) return std::unexpected(directory.error());
  if (directory->accounts().empty()) {
    return fail(ErrorKind::rejected,
                "the sub accounts have not been read from VoIP.ms yet: start the gateway once, then try again");
  }
  runtime::SystemRandom random;
  const gateway::SettingsBook settings(settings_from(config));
  auto blobs = media::open_folder(config.media_folder, settings.read()->most_media_bytes, random,
                                  media::Drafts::may_be_alive);  // of a gateway that runs
  if (!blobs) return std::unexpected(blobs.error());
  runtime::SystemClock clock;
  auto keys = gateway::open_link_keys(**store, random, clock.now());
  if (!keys) return std::unexpected(keys.error());
  const gateway::LinkBook link_keys(*std::move(keys));
  gateway::DirectoryBook book;
  book.replace(*std::move(directory));
  std::promise<Result<gateway::MovedIn>> ended;
  runtime::Loop work("work");
  gateway::MoveIn move_in({.clock = clock,
                           .random = random,
                           .log = **log,
                           .store = **store,
                           .loop = work,
                           .work = work,
                           .book = book,
                           .settings = settings,
                           .link_keys = link_keys},
                          **blobs, {.database = options.database, .media_folder = options.media_folder},
                          [&](Result<gateway::MovedIn> moved) { ended.set_value(std::move(moved)); });
  move_in.start();
  auto moved = ended.get_future().get();
  work.stop();
  store->reset();  // while the rest is there for its thread
  return moved;
}

}  // namespace

int import_old(const ops::Config& config, const ImportOptions& options) {
  ImportOptions from = options;
  if (from.database.empty()) from.database = config.database;
  if (from.media_folder.empty()) from.media_folder = config.media_folder;
  const auto moved = take_over(config, from);
  if (!moved) return say(moved.error().detail);
  // A gateway that runs would find what waits at its next occasion only.
  static_cast<void>(ops::ask_running(config.database, "wake", std::chrono::seconds(5)));
  fmt::print("{} messages with {} deliveries and {} files were taken over; {} deliveries still have to arrive.\n",
             moved->rows.messages, moved->rows.deliveries, moved->files, moved->rows.waiting);
  if (moved->lost_files > 0) fmt::print("{} files could not be taken; the log says why.\n", moved->lost_files);
  if (moved->rows.known > 0) fmt::print("{} rows were here already.\n", moved->rows.known);
  return 0;
}

}  // namespace mmsgate::cli
