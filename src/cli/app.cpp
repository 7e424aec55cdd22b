// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/config.hpp"
#include "cli/import.hpp"
#include "cli/messages.hpp"
#include "cli/reconcile.hpp"
#include "cli/serve.hpp"
#include "ops/config.hpp"
#include "ops/options.hpp"
#include "version.hpp"

namespace mmsgate::cli {
namespace {

constexpr int kWrongConfig = 2;

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

/// Runs a command that needs the config.
template <typename Command>
int with_config(const Common& common, Command command) {
  const auto config = configured(common);
  if (!config) {
    fmt::print(stderr, "mmsgate: {}\n", config.error().detail);
    return kWrongConfig;
  }
  return command(*config);
}

}  // namespace

int run(int argc, char** argv) {
  Common common;
  MessagesOptions listing;
  ImportOptions old;
  CLI::App app{"MMSGate carries MMS and SMS between VoIP.ms and Linphone phones.", "mmsgate"};
  app.set_version_flag("--version", fmt::format("mmsgate {}", kVersion));
  app.add_flag("--default-config", common.default_config, "Print a commented config file with every option, and end");
  app.footer(
      "Without a command it serves.\n"
      "Try:  mmsgate --default-config > mmsgate.conf\n"
      "      mmsgate serve --config-file mmsgate.conf\n"
      "      mmsgate messages list --config-file mmsgate.conf");
  app.fallthrough();  // --config-file may stand before or after the command
  add_common(app, common);
  auto* serve_command = app.add_subcommand("serve", "Run the gateway");
  auto* messages = app.add_subcommand("messages", "See what happened to messages");
  messages->require_subcommand(1);
  messages->add_flag("--json", listing.json, "Print JSON instead of a table");
  auto* list = messages->add_subcommand("list", "The newest messages and how far they are; no text of them");
  list->add_option("--limit", listing.limit, "So many at most")->capture_default_str()->check(CLI::Range(1, 100000));
  list->add_flag("--open", listing.only_open, "Only those that still have to go somewhere");
  auto* show = messages->add_subcommand("show", "Everything that happened to one message");
  show->add_option("ID", listing.id, "Its number in the list")->required();
  auto* import_command = app.add_subcommand("import", "Take over the database and the files of the first MMSGate");
  import_command->add_option("--from", old.database, "Its database; without it, the config's dbfile");
  import_command->add_option("--media", old.media_folder, "Its media folder; without it, the config's localmedia");
  int look_back_days = 0;
  auto* reconcile_command =
      app.add_subcommand("reconcile", "Look now for messages that VoIP.ms has logged and never told us");
  reconcile_command->add_option("--look-back", look_back_days, "So many days; without it, as the config says")
      ->check(CLI::Range(1, 90));
  auto* config_command = app.add_subcommand("config", "See whether the config file is right, and what it says");
  config_command->require_subcommand(1);
  auto* config_check = config_command->add_subcommand("check", "Read it and say what is wrong");
  auto* config_show = config_command->add_subcommand("show", "Every option as it holds; secrets are not shown");
  auto* config_default = config_command->add_subcommand("default", "As --default-config");
  for (CLI::App* command : {messages, list, show, import_command, reconcile_command, config_command, config_check,
                            config_show, config_default})
    command->fallthrough();
  CLI11_PARSE(app, argc, argv);

  if (config_check->parsed()) return check_config(common.config_file);
  if (config_show->parsed()) return show_config(common.config_file);
  if (common.default_config || config_default->parsed()) {
    fmt::print("{}", ops::default_config());
    return 0;
  }
  if (list->parsed())
    return with_config(common, [&](const ops::Config& config) { return list_messages(config, listing); });
  if (show->parsed())
    return with_config(common, [&](const ops::Config& config) { return show_message(config, listing); });
  if (import_command->parsed())
    return with_config(common, [&](const ops::Config& config) { return import_old(config, old); });
  if (reconcile_command->parsed())
    return with_config(common, [&](const ops::Config& config) { return reconcile(config, look_back_days); });
  static_cast<void>(serve_command);
  return with_config(common,
                     [&](const ops::Config& config) { return serve(config, [&] { return configured(common); }); });
}

}  // namespace mmsgate::cli
