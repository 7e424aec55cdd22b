// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "cli/say.hpp"

namespace mmsgate::cli {

void add_common(CLI::App& app, Common& common) {
  app.add_option("--config-file", common.config_file, "Where mmsgate.conf is")
      ->type_name("FILE")
      ->default_str(fmt::format("{}", fmt::join(ops::kConfigPlaces, ", else ")));
  app.add_option("--mmsgate-logger", common.log_level,
                 "Log DEBUG, INFO, WARNING, ERROR or CRITICAL, whatever the config says");
  app.add_option("--sip-trace,--pjsip-debug", common.sip_trace,
                 "Trace the SIP stack into the log and siplogfile: 0 nothing, 4 messages, 9 all")
      ->check(CLI::Range(0, 9));
  app.add_flag("--core-files", common.core_files,
               "Let a crash leave a core file, and a debugger attach; passwords and messages are in it");
}

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

Commands::Run Commands::with(Rights rights, Run command) const {
  return [&common = common_, rights, command = std::move(command)] {
    const auto gone = go_by_the_gateway(common.config_file, rights);
    return gone ? command() : say(gone.error().detail);
  };
}

Commands::Run Commands::with_config(Rights rights, WithConfig command) const {
  return with(rights, [&common = common_, command = std::move(command)] {
    const auto config = configured(common);
    return config ? command(*config) : say(config.error().detail, kWrongConfig);
  });
}

CLI::App* Commands::add(CLI::App& parent, const std::string& name, const std::string& help, WithConfig command,
                        Rights rights) const {
  return add_plain(parent, name, help, with_config(rights, std::move(command)));
}

CLI::App* Commands::add_plain(CLI::App& parent, const std::string& name, const std::string& help, Run command) const {
  CLI::App* added = parent.add_subcommand(name, help);
  added->fallthrough();  // --config-file may stand before or after it
  added->callback([&chosen = chosen_, command = std::move(command)] { chosen = command; });
  return added;
}

CLI::App* Commands::add_group(CLI::App& parent, const std::string& name, const std::string& help) {
  CLI::App* group = parent.add_subcommand(name, help);
  group->require_subcommand(1)->fallthrough();
  return group;
}

}  // namespace mmsgate::cli
