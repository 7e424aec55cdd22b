// SPDX-License-Identifier: Apache-2.0
// How commands come onto the command line, and what all of them may be told. Which there are stands in
// commands_of_*.cpp; what one does, in a file of its own. Main thread.
#pragma once

#include <functional>
#include <string>

#include "cli/identity.hpp"
#include "ops/config.hpp"

namespace CLI {
class App;
}

namespace mmsgate::cli {

/// What all commands may be told.
struct Common {
  std::string config_file = ops::usual_config();
  std::string log_level;
  int sip_trace = -1;
  bool default_config = false;
  bool core_files = false;
};

void add_common(CLI::App& app, Common& common);
/// The config's file, with what the command line says otherwise.
[[nodiscard]] Result<ops::Config> configured(const Common& common);

/// Adds commands. What they are told lives as long as the commands do.
class Commands {
 public:
  /// Answers the process' exit code.
  using Run = std::function<int()>;
  using WithConfig = std::function<int(const ops::Config&)>;

  /// `chosen` becomes what the command line has asked for. Both must outlive it.
  Commands(const Common& common, Run& chosen) : common_(common), chosen_(chosen) {}

  /// A command that needs the config.
  CLI::App* add(CLI::App& parent, const std::string& name, const std::string& help, WithConfig command,
                Rights rights = Rights::gateways) const;
  /// One that has nothing to do with this machine's gateway.
  CLI::App* add_plain(CLI::App& parent, const std::string& name, const std::string& help, Run command) const;
  /// One that has others below it.
  static CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& help);

  /// `command`, with what of rights it is to have when root types it.
  [[nodiscard]] Run with(Rights rights, Run command) const;
  /// The same with the config; where that is wrong: 2, and what is wrong on standard error.
  [[nodiscard]] Run with_config(Rights rights, WithConfig command) const;

  [[nodiscard]] const Common& common() const { return common_; }

 private:
  const Common& common_;
  Run& chosen_;
};

/// A command that is told `told`, a shared_ptr to its options.
template <typename Function, typename Told>
[[nodiscard]] Commands::WithConfig told_to(Function function, Told told) {
  return [function, told](const ops::Config& config) { return function(config, *told); };
}

/// The same for one that looks itself whose the config is.
template <typename Function, typename Told>
[[nodiscard]] Commands::WithConfig told_to(Function function, const Common& common, Told told) {
  return [function, &common, told](const ops::Config& config) { return function(config, common.config_file, *told); };
}

void add_commands_of_use(CLI::App& app, const Commands& commands);
void add_commands_of_setup(CLI::App& app, const Commands& commands);
void add_commands_of_keeping(CLI::App& app, const Commands& commands);
/// The last: made of the others.
void add_commands_of_help(CLI::App& app, const Commands& commands);

}  // namespace mmsgate::cli
