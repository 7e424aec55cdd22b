// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/serve.hpp"
#include "version.hpp"

namespace mmsgate::cli {

int run(int argc, char** argv) {
  Common common;
  Commands::Run chosen;
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
  const auto* serving = commands.add(app, "serve", "Run the gateway", [&common](const ops::Config& config) {
    return serve(config, [&common] { return configured(common); });
  });
  add_commands_of_setup(app, commands);
  add_commands_of_use(app, commands);
  add_commands_of_keeping(app, commands);
  CLI11_PARSE(app, argc, argv);

  if (common.default_config) return print_default_config();
  if (!chosen) serving->get_callback()();
  return chosen();
}

}  // namespace mmsgate::cli
