// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/say.hpp"
#include "cli/serve.hpp"
#include "runtime/process.hpp"
#include "version.hpp"

namespace mmsgate::cli {
namespace {

/// Whoever starts us without standard streams must not have a database or a connection take their places: then what is
/// meant for people would be written there.
void fill_standard_streams() {
  int fd = 0;
  do {
    fd = ::open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) ::close(fd);
}

int run_command(int argc, char** argv) {
  Common common;
  Commands::Run chosen;
  CLI::App app{"MMSGate carries MMS and SMS between VoIP.ms and Linphone phones.", "mmsgate"};
  app.set_version_flag("--version", fmt::format("mmsgate {}", kVersion));
  app.add_flag("--default-config", common.default_config, "Print a commented config file with every option, and end");
  app.fallthrough();
  app.require_subcommand(0, 1);  // what comes after a command is its own, though it be called like another
  add_common(app, common);
  const Commands commands(common, chosen);
  const auto serve_with = [&common](const ops::Config& config) {
    return serve(config, [&common] { return configured(common); });
  };
  commands.add(app, "serve", "Run the gateway", serve_with);
  add_commands_of_setup(app, commands);
  add_commands_of_use(app, commands);
  add_commands_of_keeping(app, commands);
  add_commands_of_help(app, commands);
  app.footer(  // after them, or it would be below the help of each
      "Without a command it serves.\n"
      "Try:  mmsgate --default-config > mmsgate.conf\n"
      "      mmsgate serve --config-file mmsgate.conf\n"
      "      mmsgate hook show --config-file mmsgate.conf\n"
      "      mmsgate messages list --config-file mmsgate.conf");
  CLI11_PARSE(app, argc, argv);

  runtime::make_files_private();
  if (!common.core_files) runtime::keep_memory_private();
  if (common.default_config) return print_default_config();
  return chosen ? chosen() : commands.with_config(Rights::gateways, serve_with)();
}

}  // namespace

int run(int argc, char** argv) {
  fill_standard_streams();
  int code = kFailed;
  try {
    code = run_command(argc, argv);
  } catch (const std::exception& error) {
    return say(error.what());
  }
  // What was printed once, such as a key, is lost when nobody could read it.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return say("standard output cannot be written");
  return code;
}

}  // namespace mmsgate::cli
