// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/backup.hpp"
#include "cli/config.hpp"
#include "cli/handouts.hpp"
#include "cli/hook.hpp"
#include "cli/import.hpp"
#include "cli/keys.hpp"
#include "cli/messages.hpp"
#include "cli/provision.hpp"
#include "cli/prune.hpp"
#include "cli/reconcile.hpp"
#include "cli/registrations.hpp"
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
  if (common.sip_trace >= 0) {
    config->sip_trace = common.sip_trace;
    if (!config->sip_trace_file.empty()) config->sip_file_trace = common.sip_trace;
  }
  return config;
}

void add_common(CLI::App& app, Common& common) {
  app.add_option("--config-file", common.config_file, "Where mmsgate.conf is")->capture_default_str();
  app.add_option("--mmsgate-logger", common.log_level,
                 "Log DEBUG, INFO, WARNING, ERROR or CRITICAL, whatever the config says");
  app.add_option("--sip-trace,--pjsip-debug", common.sip_trace,
                 "Trace the SIP stack into the log and siplogfile: 0 nothing, 4 messages, 9 all")
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
    add_hook(app);
    add_messages(app);
    add_keys(app);
    add_registrations(app);
    add_reconcile(app);
    add_prune(app);
    add_provision(app);
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
  void add_keys(CLI::App& app) const {
    const auto told = std::make_shared<KeysOptions>();
    CLI::App& group = *add_group(app, "keys", "The keys by which scripts and cameras send files to phones");
    const auto with = [told](auto function) {
      return [told, function](const ops::Config& config) { return function(config, *told); };
    };
    auto* make = add(group, "add", "Make a key; it is shown once", with(add_key));
    make->add_option("--account", told->accounts, "To the phones of this sub account; may be given several times")
        ->allow_extra_args(false);
    make->add_flag("--all-accounts", told->all_accounts, "To all phones, also those that are yet to come");
    auto* list = add(group, "list", "Which keys there are, for whom, and when they were used; never a key itself",
                     with(list_keys));
    list->add_flag("--json", told->json, "Print JSON instead of a table");
    auto* revoke = add(group, "revoke", "End a key, at once and for good", with(revoke_key));
    for (CLI::App* one : {make, revoke}) one->add_option("NAME", told->name, "What you call it")->required();
  }
  void add_registrations(CLI::App& app) const {
    const auto told = std::make_shared<RegistrationsOptions>();
    auto* command = add(app, "registrations", "Who is registered at the proxy, for how long, and who is not",
                        [told](const ops::Config& config) { return show_registrations(config, *told); });
    command->add_flag("--json", told->json, "Print JSON instead of a table; with --watch, a line a look");
    command->add_flag("--watch", told->watch, "Look again and again, until Ctrl-C");
    command->add_flag("--push-notification", told->push, "Wake by push the phones whose registration is over");
    command->add_option("--flexisip-config", told->flexisip_config, "Where flexisip.conf is, which names the push keys")
        ->capture_default_str();
    const auto add_seconds = [command](const char* name, Duration& time, int least, const char* help) {
      constexpr int kDay = 86400;
      command
          ->add_option_function<int>(
              name, [&time](int seconds) { time = std::chrono::seconds(seconds); }, help)
          ->default_str(fmt::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()))
          ->check(CLI::Range(least, kDay));
    };
    add_seconds("--refresh-seconds", told->times.refresh, 1, "With --watch: between two looks, at least");
    add_seconds("--check-seconds", told->times.check, 0, "With --watch: look so long before the next one expires");
    add_seconds("--forget-seconds", told->times.forget, 0, "With --watch: show who is over for so long");
    add_seconds("--max-seconds", told->times.longest, 1, "With --watch: between two looks, at most");
  }
  void add_hook(CLI::App& app) const {
    const auto told = std::make_shared<HookOptions>();
    CLI::App& group = *add_group(app, "hook", "The web hook's address, which VoIP.ms must know");
    const auto with = [told](auto function) {
      return [told, function](const ops::Config& config) { return function(config, *told); };
    };
    auto* show = add(group, "show", "What to paste at VoIP.ms, and when a message came by it last", with(show_hooks));
    show->add_flag("--json", told->json, "Print JSON; the tokens stand in it");
    add(group, "add", "Make a further one, to put in the place of an older", with(add_hook_token));
    auto* remove = add(group, "remove", "From now on nothing is taken from this one", with(remove_hook_token));
    remove->add_option("WHICH", told->which, "Its number in the list, its token, or the whole address")->required();
    remove->add_flag("--force", told->even_the_last, "Even if it is the last");
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
  void add_provision(CLI::App& app) const {
    struct Told {
      ProvisionOptions options;
      bool lists = false;
      bool revokes = false;
      bool without_password = false;
    };
    const auto told = std::make_shared<Told>();
    ProvisionOptions& options = told->options;
    auto* command = add(app, "provision", "Make configurations for Linphone phones, with a code to scan",
                        [told](const ops::Config& config) {
                          if (told->lists) return list_handouts(config, told->options.json);
                          if (told->revokes) return revoke_handouts(config, told->options.accounts);
                          if (told->without_password) told->options.login = gateway::LoginForm::none;
                          return provision(config, told->options);
                        });
    command->add_option("ACCOUNT", options.accounts, "Sub accounts, '*' for all; without any, they are asked for");
    command->add_flag("--together", options.together, "All of them on one phone, instead of a phone each");
    const std::map<std::string, gateway::LoginForm> forms{
        {"ha1", gateway::LoginForm::ha1}, {"plain", gateway::LoginForm::plain}, {"none", gateway::LoginForm::none}};
    auto* login = command
                      ->add_option("--password", options.login,
                                   "ha1 = a hash of the password (usual); plain = the password; none = the phone asks")
                      ->transform(CLI::CheckedTransformer(forms, CLI::ignore_case));
    command->add_flag("--no-password", told->without_password, "As --password none")->excludes(login);
    command->add_option("--uses", options.uses, "So often the URL works")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    command->add_option("--hours", options.hours, "So long the URL works")
        ->capture_default_str()
        ->check(CLI::Range(1, 24 * 366));
    command->add_option("--png", options.png, "Also draw the code into this PNG file, or into files in this folder");
    command->add_option("--svg", options.svg, "The same as SVG");
    command->add_option("--local-path", options.local_path,
                        "Write files to this folder, to be served by yourself, instead of having the gateway do it");
    command->add_option("--web-path", options.web_path, "The URL of that folder; without it, webdns");
    command->add_option("--add-path", options.add_path, "Added to both")->capture_default_str();
    command->add_flag("--json", options.json, "Print JSON");
    auto* lists = command->add_flag("--list", told->lists, "The URLs that still work, without the URLs themselves");
    command->add_flag("--revoke", told->revokes, "Have those of the accounts work no more")->excludes(lists);
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
      "      mmsgate hook show --config-file mmsgate.conf\n"
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
