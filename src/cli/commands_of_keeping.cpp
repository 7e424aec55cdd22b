// SPDX-License-Identifier: Apache-2.0
// The words for what is kept, brought back, taken over and removed.
#include "cli/commands.hpp"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/backup.hpp"
#include "cli/import.hpp"
#include "cli/prune.hpp"

namespace mmsgate::cli {
namespace {

void add_backup(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<BackupOptions>();
  auto* command = commands.add(
      app, "backup", "Keep database, files and config in one archive, also while the gateway runs",
      [&commands, told](const ops::Config& config) { return backup(config, commands.common().config_file, *told); });
  command->add_option("FILE", told->to, "Where: a file, a folder, or - for standard output")->required();
  command->add_flag("--force", told->force, "Replace FILE if it is there");
  command->add_flag("--without-media", told->without_media, "Leave the files out: the database alone");
  command->add_flag("--without-config", told->without_config, "Leave the config out, which holds passwords");
  command->add_option("--keep", told->keep, "With a folder: remove older backups in it, but for so many")
      ->check(CLI::Range(1, 10000));
}

void add_restore(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<RestoreOptions>();
  auto* command = commands.add_plain(app, "restore", "Bring back what `mmsgate backup` has kept; writes over nothing",
                                     [&commands, told] { return restore(commands.common().config_file, *told); });
  command->add_option("FILE", told->from, "The backup, or - for standard input")->required();
  command->add_flag("--check", told->check, "Only see whether it is whole");
  command->add_option("--into-config", told->into_config, "Put the config of the backup there, and go by it")
      ->type_name("FILE");
}

void add_import(CLI::App& app, const Commands& commands) {
  const auto old = std::make_shared<ImportOptions>();
  auto* command = commands.add(app, "import", "Take over the database and the files of the first MMSGate",
                               [old](const ops::Config& config) { return import_old(config, *old); });
  command->add_option("--from", old->database, "Its database; without it, the config's dbfile")->type_name("FILE");
  command->add_option("--media", old->media_folder, "Its media folder; without it, the config's localmedia")
      ->type_name("FOLDER");
}

void add_prune(CLI::App& app, const Commands& commands) {
  const auto is_rehearsal = std::make_shared<bool>(false);
  commands
      .add(app, "prune", "Remove now the files and messages whose time is over; else it is done once a day",
           [is_rehearsal](const ops::Config& config) { return prune(config, *is_rehearsal); })
      ->add_flag("--dry-run", *is_rehearsal, "Only say what would be removed");
}

}  // namespace

void add_commands_of_keeping(CLI::App& app, const Commands& commands) {
  add_backup(app, commands);
  add_restore(app, commands);
  add_import(app, commands);
  add_prune(app, commands);
}

}  // namespace mmsgate::cli
