// SPDX-License-Identifier: Apache-2.0
// The words for what one looks at and does from day to day.
#include "cli/commands.hpp"

#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/health.hpp"
#include "cli/messages.hpp"
#include "cli/reconcile.hpp"
#include "cli/registrations.hpp"

namespace mmsgate::cli {
namespace {

void add_messages(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<MessagesOptions>();
  CLI::App& group = *Commands::add_group(app, "messages", "See what happened to messages");
  group.add_flag("--json", told->json, "Print JSON instead of a table");
  auto* list = commands.add(group, "list", "The newest messages and how far they are; no text of them",
                            told_to(list_messages, told));
  list->add_option("--limit", told->limit, "So many at most")->capture_default_str()->check(CLI::Range(1, 100000));
  list->add_flag("--open", told->only_open, "Only those that still have to go somewhere");
  auto* show = commands.add(group, "show", "Everything that happened to one message", told_to(show_message, told));
  auto* replay = commands.add(group, "replay", "Try again what of a message has failed or was given up",
                              told_to(replay_message, told));
  for (CLI::App* one : {show, replay}) one->add_option("ID", told->id, "Its number in the list")->required();
}

void add_registrations(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<RegistrationsOptions>();
  auto* command = commands.add(app, "registrations", "Who is registered at the proxy, for how long, and who is not",
                               told_to(show_registrations, commands.common(), told), Rights::callers);
  command->add_flag("--json", told->json, "Print JSON instead of a table; with --watch, a line a look");
  command->add_flag("--watch", told->watch, "Look again and again, until Ctrl-C");
  command->add_flag("--push-notification", told->push, "Wake by push the phones whose registration is over");
  command->add_option("--flexisip-config", told->flexisip_config, "Where flexisip.conf is, which names the push keys")
      ->type_name("FILE")
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

void add_reconcile(CLI::App& app, const Commands& commands) {
  const auto days = std::make_shared<int>(0);
  commands
      .add(app, "reconcile", "Look now for messages that VoIP.ms has logged and never told us",
           [days](const ops::Config& config) { return reconcile(config, *days); })
      ->add_option("--look-back", *days, "So many days; without it, as the config says")
      ->check(CLI::Range(1, 90));
}

void add_health(CLI::App& app, const Commands& commands) {
  commands.add(app, "health", "Whether the gateway that runs is well: ok, or what is wrong and exit code 1",
               [](const ops::Config& config) { return health(config); });
}

}  // namespace

void add_commands_of_use(CLI::App& app, const Commands& commands) {
  add_health(app, commands);
  add_messages(app, commands);
  add_registrations(app, commands);
  add_reconcile(app, commands);
}

}  // namespace mmsgate::cli
