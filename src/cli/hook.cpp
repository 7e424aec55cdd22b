// SPDX-License-Identifier: Apache-2.0
#include "cli/hook.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/printable.hpp"
#include "cli/say.hpp"
#include "cli/tell.hpp"
#include "cli/wait.hpp"
#include "crypto/secret.hpp"
#include "formats/header_text.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {
namespace {

using nlohmann::ordered_json;

std::string address_of(const ops::Config& config, const HookToken& token) {
  return config.public_url + config.hook_path + "/" + token.token;
}

std::string last_use(const HookToken& token) { return token.last_used_at ? rfc3339(*token.last_used_at) : "never"; }

void print_hook(const ops::Config& config, const HookToken& token) {
  fmt::print("{:>3}  {}\n     made {}, last used {}\n", token.number, address_of(config, token), rfc3339(token.made_at),
             last_use(token));
}

/// So many characters of a token tell it from a number, and from a slip of the pen.
constexpr std::size_t kLeastOfToken = 4;

/// People give what they have at hand.
Result<std::int64_t> find(const std::vector<HookToken>& tokens, const std::string& which) {
  const std::string token = which.substr(which.rfind('/') + 1);
  const auto is_it = [&](const HookToken& each) { return each.token == token || fmt::to_string(each.number) == which; };
  const auto begins_so = [&](const HookToken& each) { return each.token.starts_with(token); };
  auto found = std::ranges::find_if(tokens, is_it);
  if (found == tokens.end() && token.size() >= kLeastOfToken) {
    if (std::ranges::count_if(tokens, begins_so) > 1) {
      return fail(ErrorKind::rejected, "more than one token begins so: give more of it, or its number");
    }
    found = std::ranges::find_if(tokens, begins_so);
  }
  if (found != tokens.end()) return found->number;
  return fail(ErrorKind::rejected, "there is no such address; `mmsgate hook show` prints those that there are");
}

/// What stands on a command line, `ps` shows to everybody on the machine; "-" has it come another way.
std::string told(const std::string& which) {
  if (which != "-") return which;
  std::string line;
  std::getline(std::cin, line);
  return std::string(formats::trim(line));
}

}  // namespace

int show_hooks(const ops::Config& config, const HookOptions& options) {
  const auto database = read_database(config);
  if (!database) return say(database.error().detail);
  const auto tokens = (*database)->hook_tokens();
  if (!tokens) return say(tokens.error().detail);
  if (options.json) {
    ordered_json all = ordered_json::array();
    for (const HookToken& each : *tokens) {
      all.push_back({{"number", each.number},
                     {"url", address_of(config, each)},
                     {"made_at", rfc3339(each.made_at)},
                     {"last_used_at", each.last_used_at ? ordered_json(rfc3339(*each.last_used_at)) : nullptr}});
    }
    print_json(all);
    return 0;
  }
  if (tokens->empty())
    return say("there is none: `mmsgate hook add` makes one, and so does the gateway when it starts");
  fmt::print(
      "At VoIP.ms, Manage DID(s), each number, paste this as SMS/MMS Webhook URL. Whoever knows it can send your\n"
      "phones a message: show it to nobody else.\n\n");
  for (const HookToken& each : *tokens) print_hook(config, each);
  return 0;
}

int add_hook_token(const ops::Config& config, const HookOptions& /*options*/) {
  runtime::SystemRandom random;
  runtime::SystemClock clock;
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  const std::string made = crypto::make_secret(random);
  const auto added =
      wait_for<bool>([&](store::Done<bool> done) { (*store)->add_hook_token(made, clock.now(), std::move(done)); });
  if (!added) return say(added.error().detail);
  const auto tokens = (*store)->hook_tokens();
  if (!tokens) return say(tokens.error().detail);
  const auto ours = std::ranges::find(*tokens, made, &HookToken::token);
  if (ours == tokens->end()) return say("somebody else has removed it");
  print_hook(config, *ours);
  const int told = tell_gateway(config, "hook-tokens");
  fmt::print(
      "Paste it at VoIP.ms in the place of the older one. When `mmsgate hook show` says that it is used:\n"
      "mmsgate hook remove NUMBER-OF-THE-OLDER\n");
  return told;
}

int remove_hook_token(const ops::Config& config, const HookOptions& options) {
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  const auto tokens = (*store)->hook_tokens();
  if (!tokens) return say(tokens.error().detail);
  const auto number = find(*tokens, told(options.which));
  if (!number) return say(number.error().detail);
  const auto removed = wait_for<store::Removal>([&](store::Done<store::Removal> done) {
    (*store)->remove_hook_token(*number, options.even_the_last, std::move(done));
  });
  if (!removed) return say(removed.error().detail);
  switch (*removed) {
    case store::Removal::removed:
      break;
    case store::Removal::not_there:
      return say("somebody else has removed it");
    case store::Removal::is_the_last:
      return say("it is the last, and VoIP.ms could tell us of nothing any more: `mmsgate hook add` first, or --force");
  }
  const int told = tell_gateway(config, "hook-tokens");
  if (told == 0) fmt::print("Nothing is taken from number {} any more.\n", *number);
  return told;
}

}  // namespace mmsgate::cli
