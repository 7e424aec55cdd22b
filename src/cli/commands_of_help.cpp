// SPDX-License-Identifier: Apache-2.0
// The words for what is made of all the others: manual pages, and what has shells complete them.
#include "cli/commands.hpp"

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/completion.hpp"
#include "cli/manual.hpp"
#include "cli/outline.hpp"
#include "ops/options.hpp"

namespace mmsgate::cli {
namespace {

/// A command that prints the one text whose name it is told.
struct Text {
  std::string name;
  std::function<std::string()> make;
};
CLI::App* add_texts(CLI::App& app, const Commands& commands, const std::string& name, const std::string& help,
                    const std::string& argument, std::vector<Text> texts) {
  const auto told = std::make_shared<std::string>(texts.front().name);
  std::vector<std::string> names;
  for (const Text& text : texts) names.push_back(text.name);
  CLI::App* command = commands.add_plain(app, name, help, [told, texts = std::move(texts)] {
    for (const Text& text : texts) {
      if (text.name == *told) fmt::print("{}", text.make());
    }
    return 0;
  });
  command->add_option(argument, *told, "Which")->capture_default_str()->check(CLI::IsMember(std::move(names)));
  return command;
}

}  // namespace

void add_commands_of_help(CLI::App& app, const Commands& commands) {
  const auto outline = [&app] { return outline_of(app); };
  add_texts(app, commands, "manual", "Print a manual page, to be read with man -l", "PAGE",
            {{"mmsgate", [outline] { return manual_of_commands(outline()); }},
             {"mmsgate.conf", [] { return manual_of_config(ops::options()); }}});
  add_texts(app, commands, "completion", "Print what has a shell complete these commands", "SHELL",
            {{"bash", [outline] { return completion_for_bash(outline()); }},
             {"zsh", [outline] { return completion_for_zsh(outline()); }},
             {"fish", [outline] { return completion_for_fish(outline()); }}});
}

}  // namespace mmsgate::cli
