// SPDX-License-Identifier: Apache-2.0
// The words for what one does when something is set up: VoIP.ms, phones, scripts, the config.
#include "cli/commands.hpp"

#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/config.hpp"
#include "cli/flexisip.hpp"
#include "cli/handouts.hpp"
#include "cli/hook.hpp"
#include "cli/kamailio.hpp"
#include "cli/keys.hpp"
#include "cli/links.hpp"
#include "cli/provision.hpp"

namespace mmsgate::cli {
namespace {

void add_hook(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<HookOptions>();
  CLI::App& group = *Commands::add_group(app, "hook", "The web hook's address, which VoIP.ms must know");
  auto* show = commands.add(group, "show", "What to paste at VoIP.ms, and when a message came by it last",
                            told_to(show_hooks, told));
  show->add_flag("--json", told->json, "Print JSON; the tokens stand in it");
  commands.add(group, "add", "Make a further one, to put in the place of an older", told_to(add_hook_token, told));
  auto* remove =
      commands.add(group, "remove", "From now on nothing is taken from this one", told_to(remove_hook_token, told));
  remove
      ->add_option("WHICH", told->which,
                   "Its number in the list, or the first characters of its token; - reads it, or the whole "
                   "address, from standard input, where ps does not show it")
      ->required();
  remove->add_flag("--force", told->even_the_last, "Even if it is the last");
}

void add_provision(CLI::App& app, const Commands& commands) {
  struct Told {
    ProvisionOptions options;
    bool lists = false;
    bool revokes = false;
    bool without_password = false;
  };
  const auto told = std::make_shared<Told>();
  ProvisionOptions& options = told->options;
  auto* command = commands.add(app, "provision", "Make configurations for Linphone phones, with a code to scan",
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
                    ->transform(CLI::CheckedTransformer(forms, CLI::ignore_case))
                    ->option_text("ha1|plain|none");
  command->add_flag("--no-password", told->without_password, "As --password none")->excludes(login);
  command->add_option("--uses", options.uses, "So often the URL works")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command->add_option("--hours", options.hours, "So long the URL works")
      ->capture_default_str()
      ->check(CLI::Range(1, 24 * 366));
  command->add_option("--png", options.png, "Also draw the code into this PNG file, or into files in this folder")
      ->type_name("FILE");
  command->add_option("--svg", options.svg, "The same as SVG")->type_name("FILE");
  command
      ->add_option("--local-path", options.local_path,
                   "Write files to this folder, to be served by yourself, instead of having the gateway do it")
      ->type_name("FOLDER");
  command->add_option("--web-path", options.web_path, "The URL of that folder; without it, webdns");
  command->add_option("--add-path", options.add_path, "Added to both")->capture_default_str();
  command->add_flag("--json", options.json, "Print JSON");
  auto* lists = command->add_flag("--list", told->lists, "The URLs that still work, without the URLs themselves");
  command->add_flag("--revoke", told->revokes, "Have those of the accounts work no more")->excludes(lists);
}

void add_keys(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<KeysOptions>();
  CLI::App& group = *Commands::add_group(app, "keys", "The keys by which scripts and cameras send files to phones");
  auto* make = commands.add(group, "add", "Make a key; it is shown once", told_to(add_key, told));
  make->add_option("--account", told->accounts, "To the phones of this sub account; may be given several times")
      ->allow_extra_args(false);
  make->add_flag("--all-accounts", told->all_accounts, "To all phones, also those that are yet to come");
  auto* list =
      commands.add(group, "list", "Which keys there are, for whom, and when they were used; never a key itself",
                   told_to(list_keys, told));
  list->add_flag("--json", told->json, "Print JSON instead of a table");
  auto* revoke = commands.add(group, "revoke", "End a key, at once and for good", told_to(revoke_key, told));
  for (CLI::App* one : {make, revoke}) one->add_option("NAME", told->name, "What you call it")->required();
}

void add_links(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<LinksOptions>();
  CLI::App& group = *Commands::add_group(app, "links", "The links to files: who was given some, and ending them");
  auto* list = commands.add(group, "list", "Who was given links to how many files, and whose were revoked",
                            told_to(list_links, told));
  list->add_flag("--json", told->json, "Print JSON instead of a table");
  auto* revoke = commands.add(group, "revoke", "End the links that somebody was given; those that follow work",
                              told_to(revoke_links, told));
  auto* end_old = commands.add(group, "end-old", "End the old names of files that came before links were signed",
                               told_to(end_old_links, told));
  constexpr const char* kRecipient = "A sub account, a number, or '*' for everybody";
  revoke->add_option("RECIPIENT", told->recipient, kRecipient)->required();
  end_old->add_option("RECIPIENT", told->recipient, fmt::format("{}; without it, everybody", kRecipient));
  end_old->add_flag("--yes", told->yes, "It is meant: who has such a name opens nothing by it any more");
  end_old->add_flag("--dry-run", told->rehearse, "Only say how many there are");
  revoke->add_option("--file", told->file, "Those of one file alone: a link to it, or its id");
  revoke->add_flag("--force", told->force, "Even if no message with a file went there, as far as the database knows");
  auto* rotate =
      commands.add(group, "rotate", "Sign with a new secret; links that were given go on", told_to(rotate_links, told));
  rotate->add_flag("--end-now", told->end_now, "Those that were given end at once: somebody knows the secret");
}

void add_flexisip(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<FlexisipOptions>();
  CLI::App& group =
      *Commands::add_group(app, "flexisip", "What Flexisip must be told so that it works with the gateway");
  auto* print = commands.add(group, "print", "The lines for flexisip.conf and forward.conf, each with its reason",
                             told_to(print_flexisip, commands.common(), told), Rights::callers);
  auto* check = commands.add(group, "check", "Read both files and say what is missing or wrong; changes nothing",
                             told_to(check_flexisip, commands.common(), told), Rights::callers);
  print->add_option("--file", told->only, "Only those for this one: flexisip.conf or forward.conf")
      ->check(CLI::IsMember({"flexisip.conf", "forward.conf"}));
  check->add_option("--flexisip-config", told->flexisip_config, "Where flexisip.conf is")->capture_default_str();
  check->add_flag("--json", told->json, "Print JSON");
  for (CLI::App* one : {print, check}) {
    one->add_option("--forward-config", told->forward_config, "Where forward.conf is, if not where flexisip.conf says");
    one->add_option("--account-prefix", told->prefixes,
                    "What all sub accounts begin with, such as 100000_; without it, as the gateway has seen")
        ->allow_extra_args(false);
  }
  print->add_option("--address", told->address,
                    "Where Flexisip listens for phones: this machine's address, behind a router");
}

void add_kamailio(CLI::App& app, const Commands& commands) {
  const auto told = std::make_shared<ops::KamailioAround>();
  CLI::App& group = *Commands::add_group(app, "kamailio", "Kamailio as the proxy: its whole configuration");
  auto* print = commands.add(group, "print", "Print kamailio.cfg for this config", told_to(print_kamailio, told),
                             Rights::callers);
  print->add_option("--address", told->address, "This machine's own IP address, where Kamailio listens for phones")
      ->required();
  auto* certificate = print->add_option("--certificate", told->certificate,
                                        "Certificate chain for TLS, in PEM form; without it, the web server's");
  auto* key = print->add_option("--key", told->key, "Its private key, likewise");
  certificate->needs(key);
  key->needs(certificate);
  print->add_option("--database", told->database, "Where registrations are kept over a start")->capture_default_str();
  auto* accounts = commands.add(group, "accounts", "Ask VoIP.ms for the sub accounts, and let their phones register",
                                told_to(write_kamailio_accounts, told), Rights::callers);
  for (CLI::App* one : {print, accounts}) {
    one->add_option("--accounts-file", told->accounts_file,
                    "The file of those who may register, and of their passwords")
        ->capture_default_str();
  }
}

void add_config(CLI::App& app, const Commands& commands) {
  CLI::App& group = *Commands::add_group(app, "config", "See whether the config file is right, and what it says");
  const auto with_file = [&commands](int (*command)(const std::string&)) {
    return commands.with(Rights::gateways, [&commands, command] { return command(commands.common().config_file); });
  };
  commands.add_plain(group, "check", "Read it and say what is wrong", with_file(check_config));
  commands.add_plain(group, "show", "Every option as it holds; secrets are not shown", with_file(show_config));
  commands.add_plain(group, "default", "As --default-config", print_default_config);
}

}  // namespace

void add_commands_of_setup(CLI::App& app, const Commands& commands) {
  add_hook(app, commands);
  add_provision(app, commands);
  add_keys(app, commands);
  add_links(app, commands);
  add_flexisip(app, commands);
  add_kamailio(app, commands);
  add_config(app, commands);
}

}  // namespace mmsgate::cli
