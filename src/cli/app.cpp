// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/backup.hpp"
#include "cli/config.hpp"
#include "cli/import.hpp"
#include "cli/messages.hpp"
#include "cli/prune.hpp"
#include "cli/reconcile.hpp"
#include "cli/say.hpp"
#include "cli/serve.hpp"
#include "ops/config.hpp"
#include "ops/options.hpp"
#include "version.hpp"

namespace mmsgate::cli {
namespace {

/// What all commands may be told.
struct Common {
  std::string config_file = "/etc/flexisip/mmsgate.conf";
  std::string log_level;
  int sip_trace = -1;
  bool default_config = false;
};

Result<ops::Config> configured(const Common& common) {
  auto config = ops::load_config(common.config_file);
  if (!config) return config;
  if (!common.log_level.empty()) {
    const auto level = runtime::parse_log_level(common.log_level);
    if (!level) return fail(ErrorKind::rejected, "--mmsgate-logger must be one of: DEBUG INFO WARNING ERROR CRITICAL");
    config->log_level = *level;
  }
  if (common.sip_trace >= 0) config->sip_trace = common.sip_trace;
  return config;
}

void add_common(CLI::App& app, Common& common) {
  app.add_option("--config-file", common.config_file, "Where mmsgate.conf is")->capture_default_str();
  app.add_option("--mmsgate-logger", common.log_level,
                 "Log DEBUG, INFO, WARNING, ERROR or CRITICAL, whatever the config says");
  app.add_option("--sip-trace,--pjsip-debug", common.sip_trace, "Trace the SIP stack into the log: 0 nothing ... 9 all")
      ->check(CLI::Range(0, 9));
}

int print_default_config() {
  fmt::print("{}", ops::default_config());
  return 0;
}

/// Runs what needs the config.
template <typename Command>
int with_config(const Common& common, const Command& command) {
  const auto config = configured(common);
  return config ? command(*config) : say(config.error().detail, kWrongConfig);
}

int serve_with(const Common& common) {
  return with_config(common,
                     [&](const ops::Config& config) { return serve(config, [&] { return configured(common); }); });
}

/// What the command line has asked for; empty: nothing but to serve.
using Chosen = std::function<int()>;

/// Adds commands to the command line. What they are told lives as long as the commands do.
class Commands {
 public:
  Commands(const Common& common, Chosen& chosen) : common_(common), chosen_(chosen) {}

  void add_all(CLI::App& app) const {
    add_plain(app, "serve", "Run the gateway", [this] { return serve_with(common_); });
    add_messages(app);
    add_reconcile(app);
    add_prune(app);
    add_import(app);
    add_backup(app);
    add_restore(app);
    add_config(app);
  }

 private:
  using WithConfig = std::function<int(const ops::Config&)>;

  /// A command that needs the config.
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& help, WithConfig command) const {
    return add_plain(parent, name, help,
                     [this, command = std::move(command)] { return with_config(common_, command); });
  }
  CLI::App* add_plain(CLI::App& parent, const std::string& name, const std::string& help, Chosen command) const {
    CLI::App* added = parent.add_subcommand(name, help);
    added->fallthrough();  // --config-file may stand before or after it
    added->callback([this, command = std::move(command)] { chosen_ = command; });
    return added;
  }
  /// One that has others below it.
  static CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& help) {
    CLI::App* group = parent.add_subcommand(name, help);
    group->require_subcommand(1)->fallthrough();
    return group;
  }

  void add_messages(CLI::App& app) const {
    const auto told = std::make_shared<MessagesOptions>();
    CLI::App& group = *add_group(app, "messages", "See what happened to messages");
    group.add_flag("--json", told->json, "Print JSON instead of a table");
    const auto with = [told](auto function) {
      return [told, function](const ops::Config& config) { return function(config, *told); };
    };
    auto* list = add(group, "list", "The newest messages and how far they are; no text of them", with(list_messages));
    list->add_option("--limit", told->limit, "So many at most")->capture_default_str()->check(CLI::Range(1, 100000));
    list->add_flag("--open", told->only_open, "Only those that still have to go somewhere");
    auto* show = add(group, "show", "Everything that happened to one message", with(show_message));
    auto* replay = add(group, "replay", "Try again what of a message has failed or was given up", with(replay_message));
    for (CLI::App* one : {show, replay}) one->add_option("ID", told->id, "Its number in the list")->required();
  }
  void add_reconcile(CLI::App& app) const {
    const auto days = std::make_shared<int>(0);
    add(app, "reconcile", "Look now for messages that VoIP.ms has logged and never told us",
        [days](const ops::Config& config) { return reconcile(config, *days); })
        ->add_option("--look-back", *days, "So many days; without it, as the config says")
        ->check(CLI::Range(1, 90));
  }
  void add_prune(CLI::App& app) const {
    const auto is_rehearsal = std::make_shared<bool>(false);
    add(app, "prune", "Remove now the files and messages whose time is over; else it is done once a day",
        [is_rehearsal](const ops::Config& config) { return prune(config, *is_rehearsal); })
        ->add_flag("--dry-run", *is_rehearsal, "Only say what would be removed");
  }
  void add_import(CLI::App& app) const {
    const auto old = std::make_shared<ImportOptions>();
    auto* command = add(app, "import", "Take over the database and the files of the first MMSGate",
                        [old](const ops::Config& config) { return import_old(config, *old); });
    command->add_option("--from", old->database, "Its database; without it, the config's dbfile");
    command->add_option("--media", old->media_folder, "Its media folder; without it, the config's localmedia");
  }
  void add_backup(CLI::App& app) const {
    const auto told = std::make_shared<BackupOptions>();
    auto* command = add(app, "backup", "Keep database, files and config in one archive, also while the gateway runs",
                        [this, told](const ops::Config& config) { return backup(config, common_.config_file, *told); });
    command->add_option("FILE", told->to, "Where: a file, a folder, or - for standard output")->required();
    command->add_flag("--force", told->force, "Replace FILE if it is there");
    command->add_flag("--without-media", told->without_media, "Leave the files out: the database alone");
    command->add_flag("--without-config", told->without_config, "Leave the config out, which holds passwords");
    command->add_option("--keep", told->keep, "With a folder: remove older backups in it, but for so many")
        ->check(CLI::Range(1, 10000));
  }
  void add_restore(CLI::App& app) const {
    const auto told = std::make_shared<RestoreOptions>();
    auto* command = add_plain(app, "restore", "Bring back what `mmsgate backup` has kept; writes over nothing",
                              [this, told] { return restore(common_.config_file, *told); });
    command->add_option("FILE", told->from, "The backup, or - for standard input")->required();
    command->add_flag("--check", told->check, "Only see whether it is whole");
    command->add_option("--into-config", told->into_config, "Put the config of the backup there, and go by it");
  }
  void add_config(CLI::App& app) const {
    CLI::App& group = *add_group(app, "config", "See whether the config file is right, and what it says");
    add_plain(group, "check", "Read it and say what is wrong", [this] { return check_config(common_.config_file); });
    add_plain(group, "show", "Every option as it holds; secrets are not shown",
              [this] { return show_config(common_.config_file); });
    add_plain(group, "default", "As --default-config", print_default_config);
  }

  const Common& common_;
  Chosen& chosen_;
};

}  // namespace

int run(int argc, char** argv) {
  Common common;
  Chosen chosen;
  CLI::App app{"MMSGate carries MMS and SMS between VoIP.ms and Linphone phones.", "mmsgate"};
  app.set_version_flag("--version", fmt::format("mmsgate {}", kVersion));
  app.add_flag("--default-config", common.default_config, "Print a commented config file with every option, and end");
  app.footer(
      "Without a command it serves.\n"
      "Try:  mmsgate --default-config > mmsgate.conf\n"
      "      mmsgate serve --config-file mmsgate.conf\n"
      "      mmsgate messages list --config-file mmsgate.conf");
  app.fallthrough();
  add_common(app, common);
  const Commands commands(common, chosen);
  commands.add_all(app);
  CLI11_PARSE(app, argc, argv);

  if (common.default_config) return print_default_config();
  return chosen ? chosen() : serve_with(common);
}

}  // namespace mmsgate::cli
