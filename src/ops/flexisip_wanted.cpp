// SPDX-License-Identifier: Apache-2.0
#include "ops/flexisip_wanted.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "formats/flexisip_config.hpp"
#include "formats/flexisip_routes.hpp"
#include "ops/flexisip_transports.hpp"

namespace mmsgate::ops {
namespace {

using enum FlexisipJudge;

constexpr std::string_view kRegistrar = "module::Registrar";
constexpr std::string_view kInserter = "module::ContactRouteInserter";
constexpr std::string_view kRouter = "module::Router";
constexpr std::string_view kForward = "module::Forward";
constexpr std::string_view kGarbage = "module::GarbageIn";
constexpr std::string_view kPush = "module::PushNotification";
constexpr std::string_view kFlood = "module::DoSProtection";
constexpr std::string_view kLogin = "module::Authentication";

constexpr std::string_view kOwnPassword = "PUT-A-PASSWORD-HERE";
constexpr std::string_view kExampleDatabase = "db='mydb' user='myuser'";

bool keeps_in_database(const Config& config) { return config.proxy_keeps == std::chrono::hours(0); }

void add_listening(std::vector<FlexisipWanted>& all, const Config& config, const FlexisipAround& around) {
  all.push_back({.section = "global",
                 .key = "transports",
                 .judge = transports,
                 .value = flexisip_transports(config, around.phones_address),
                 .why =
                     "Flexisip listens where phones reach it, where the gateway sends to, and leaves the gateway's own "
                     "address to the gateway.",
                 .option = "[sip] sipproxy, proxytransport; [provision] phoneproxy, phonetransport"});
  all.push_back({.section = "global",
                 .key = "tcp-max-read-size",
                 .judge = at_least,
                 .value = "65536",
                 .otherwise = "524288",
                 .why = "A message with eight pictures is long; Flexisip cannot read one that is longer than this."});
}

void add_push_gateway(std::vector<FlexisipWanted>& all) {
  all.push_back({.section = kRegistrar,
                 .key = "enabled",
                 .value = "true",
                 .otherwise = "true",
                 .why = "Flexisip must know where phones are."});
  all.push_back({.section = kRegistrar,
                 .key = "reg-domains",
                 .judge = lists,
                 .value = "*",
                 .otherwise = "localhost",
                 .why = "Phones register at whichever VoIP.ms server their account has; Flexisip notes them all."});
  all.push_back(
      {.section = kRegistrar,
       .key = "reg-on-response",
       .value = "true",
       .otherwise = "false",
       .why = "VoIP.ms says whether a phone may register. If Flexisip said so itself, it would answer 404 to every "
              "number outside."});
  all.push_back(
      {.section = kInserter,
       .key = "enabled",
       .value = "true",
       .otherwise = "false",
       .why = "VoIP.ms then sends to Flexisip what is for a phone, and the gateway's messages are taken for such."});
  all.push_back({.section = kInserter,
                 .key = "masquerade-contacts-on-registers",
                 .value = "true",
                 .otherwise = "true",
                 .why = "As above: this is how it does so."});
}

void add_keeping(std::vector<FlexisipWanted>& all, const Config& config) {
  const bool is_database = keeps_in_database(config);
  constexpr std::chrono::hours kWeek{168};
  const auto kept = std::chrono::seconds(is_database ? kWeek : config.proxy_keeps);
  all.push_back({.section = kRouter,
                 .key = "message-fork-late",
                 .value = "true",
                 .otherwise = "true",
                 .why = "A message for a phone that sleeps is kept until it wakes up."});
  all.push_back({.section = kRouter,
                 .key = "message-delivery-timeout",
                 .judge = at_least,
                 .value = fmt::to_string(kept.count()),
                 .otherwise = "604800",
                 .why = "So many seconds it is kept. What Flexisip drops earlier is lost: it has answered for it.",
                 .option = is_database ? "" : "[sip] proxykeephours"});
  if (!is_database) return;
  all.push_back(
      {.section = kRouter,
       .key = "message-database-enabled",
       .value = "true",
       .otherwise = "false",
       .why = "The gateway is told that Flexisip keeps messages in a database, and sends none again after a start of "
              "Flexisip.",
       .option = "[sip] proxykeephours = 0"});
  all.push_back({.section = kRouter,
                 .key = "message-database-backend",
                 .value = "mysql",
                 .otherwise = "mysql",
                 .why = "The one kind of database that Flexisip can keep messages in: MySQL or MariaDB.",
                 .option = "[sip] proxykeephours = 0"});
  all.push_back({.section = kRouter,
                 .key = "message-database-connection-string",
                 .judge = is_own,
                 .value = fmt::format("db='flexisip_msgs' user='flexisip' password='{}' host='127.0.0.1' port='3306'",
                                      kOwnPassword),
                 .otherwise = std::string(kExampleDatabase),
                 .why = "Where that database is. docs/flexisip.md says how it is made.",
                 .option = "[sip] proxykeephours = 0",
                 .secret = true});
}

void add_routing(std::vector<FlexisipWanted>& all, const Config& config, const FlexisipAround& around) {
  all.push_back({.section = kRouter,
                 .key = "enabled",
                 .value = "true",
                 .otherwise = "true",
                 .why = "It carries messages to phones."});
  all.push_back(
      {.section = kRouter,
       .key = "filter",
       .judge = narrow,
       .value = "(request.uri.params contains 'doroute')",
       .why = "Whatever else the Router takes, it answers with 404 when it is for a number outside, and the rules of "
              "forward.conf are never asked.",
       .words = {"'doroute'", "is_response"}});
  add_keeping(all, config);
  all.push_back({.section = kForward,
                 .key = "enabled",
                 .value = "true",
                 .otherwise = "true",
                 .why = "It carries everything that leaves Flexisip."});
  all.push_back({.section = kForward,
                 .key = "routes-config-path",
                 .judge = is_own,
                 .value = around.routes_file,
                 .why = "The file with the rules that hand to the gateway what VoIP.ms cannot take by SIP."});
}

/// Whose requests Flexisip carries: by what their names have in them.
std::vector<std::string> names_of_ours(const Config& config, const FlexisipAround& around) {
  std::vector<std::string> names = around.prefixes;
  if (names.empty() || !config.registration) return names;
  // The gateway registers too, by a name that may be another.
  const std::string& identity = config.registration->identity;
  const auto begin = identity.find(':') + 1;
  const std::string user = identity.substr(begin, identity.find('@') - begin);
  const auto is_in_it = [&user](const std::string& name) { return user.find(name) != std::string::npos; };
  if (std::ranges::none_of(names, is_in_it)) names.push_back(user);
  return names;
}

void add_garbage(std::vector<FlexisipWanted>& all, const Config& config, const FlexisipAround& around) {
  const auto names = names_of_ours(config, around);
  if (names.empty()) return;
  all.push_back({.section = kGarbage,
                 .key = "enabled",
                 .value = "true",
                 .otherwise = "false",
                 .why = "Flexisip carries for your accounts alone, not for whoever finds it."});
  std::vector<std::string> ours;
  FlexisipWanted filter{.section = kGarbage,
                        .key = "filter",
                        .judge = mentions,
                        .value = {},
                        .otherwise = "false",
                        .why = "What is neither from an account of yours nor to one is thrown away."};
  for (const std::string& name : names) {
    filter.words.push_back(fmt::format("'{}'", name));
    ours.push_back(fmt::format("from.uri.user contains '{0}' || to.uri.user contains '{0}'", name));
  }
  filter.value = fmt::format("! ( {} )", fmt::join(ours, " || "));
  all.push_back(std::move(filter));
}

void add_trust(std::vector<FlexisipWanted>& all, const Config& config) {
  if (config.sip_address == "127.0.0.1") return;  // which Flexisip trusts
  all.push_back(
      {.section = kFlood,
       .key = "white-list",
       .judge = lists,
       .value = config.sip_address,
       .why = "When many messages come at once, Flexisip would take the gateway for an attacker and shut it out for "
              "minutes.",
       .option = "[sip] sipboundaddress",
       .only_when_on = true});
  all.push_back({.section = kLogin,
                 .key = "trusted-hosts",
                 .judge = lists,
                 .value = config.sip_address,
                 .why = "Flexisip would ask the gateway for a password, and it has none.",
                 .option = "[sip] sipboundaddress",
                 .only_when_on = false});
}

/// Seconds of "604800", "604800s", "7d"; a number alone is what it is. Nothing: neither.
std::optional<std::int64_t> amount(std::string_view text) {
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86'400}, {"m", 2'629'746}, {"y", 31'556'952}};
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto* unit = std::ranges::find(kUnits, text, &std::pair<std::string_view, std::int64_t>::first);
  return unit == std::end(kUnits) ? std::nullopt : std::optional(number * unit->second);
}

std::string_view as_word(std::string_view value) { return value == "1" ? "true" : value == "0" ? "false" : value; }

/// Is there a ! before the first of the words? Then the condition is true for what does not have them.
bool is_turned_round(std::string_view condition, const std::vector<std::string>& words) {
  for (const std::string& word : words) condition = condition.substr(0, condition.find(word));
  for (auto at = condition.find('!'); at != std::string_view::npos; at = condition.find('!', at + 1)) {
    if (!condition.substr(at).starts_with("!=")) return true;
  }
  return false;
}

/// Each alternative must have one of the words, and say that it is so.
bool is_narrow(std::string_view condition, const std::vector<std::string>& words) {
  const auto has = [](const std::set<std::string>& conjuncts, const std::string& word) {
    return std::ranges::any_of(conjuncts, [&](const std::string& each) {
      return each.find(word) != std::string::npos && !each.starts_with('!') && each.find("||") == std::string::npos;
    });
  };
  const auto all = formats::alternatives(condition);
  const auto is_about_it = [&](const auto& one) {
    return std::ranges::any_of(words, [&](const std::string& word) { return has(one, word); });
  };
  return std::ranges::all_of(all, is_about_it) &&
         std::ranges::any_of(all, [&](const auto& one) { return has(one, words.front()); });
}

std::vector<std::string_view> missing_items(std::string_view wanted, std::string_view value) {
  const auto there = formats::flexisip_items(value);
  std::vector<std::string_view> missing;
  for (const std::string_view item : formats::flexisip_items(wanted)) {
    if (std::ranges::find(there, item) == there.end()) missing.push_back(item);
  }
  return missing;
}

}  // namespace

std::vector<FlexisipWanted> wanted_of_flexisip(const Config& config, const FlexisipAround& around) {
  std::vector<FlexisipWanted> all;
  add_listening(all, config, around);
  add_garbage(all, config, around);
  add_trust(all, config);
  add_push_gateway(all);
  add_routing(all, config, around);
  all.push_back({.section = kPush,
                 .key = "enabled",
                 .value = "true",
                 .otherwise = "false",
                 .why = "A phone that sleeps is woken when a message or a call comes for it."});
  return all;
}

std::vector<FlexisipRule> wanted_rules(const Config& config) {
  const std::string from_phone = "request.method == 'MESSAGE' && user-agent contains 'Linphone' && ";
  return {{.route = gateway_route(config),
           .condition = from_phone + "content-type != 'text/plain'",
           .mark = "content-type",
           .why = "Pictures, and whatever else VoIP.ms cannot take by SIP, go to the gateway."},
          {.route = gateway_route(config),
           .condition = from_phone + "to.uri.user regex '10[0-9]{1,10}'",
           .mark = "to.uri.user",
           .why = "So does what is for an extension: 10 and more digits."}};
}

bool is_met(const FlexisipWanted& wanted, const Config& config, std::string_view value) {
  switch (wanted.judge) {
    case equals:
      return as_word(value) == wanted.value;
    case lists:
      return missing_items(wanted.value, value).empty();
    case mentions:
      return is_turned_round(value, wanted.words) == is_turned_round(wanted.value, wanted.words) &&
             std::ranges::all_of(wanted.words,
                                 [&](const std::string& word) { return value.find(word) != std::string_view::npos; });
    case narrow:
      return is_narrow(value, wanted.words);
    case at_least:
      return amount(value).value_or(-1) >= amount(wanted.value).value_or(0);
    case is_own:
      return !value.empty() && value.find(kOwnPassword) == std::string_view::npos &&
             !value.starts_with(kExampleDatabase);
    case FlexisipJudge::transports:
      return are_transports_met(config, value);
  }
  return false;
}

std::string mended(const FlexisipWanted& wanted, const Config& config, std::string_view value) {
  switch (wanted.judge) {
    case equals:
    case narrow:
    case at_least:
    case is_own:
      break;
    case lists:
      if (value.empty()) break;
      return fmt::format("{} {}", value, fmt::join(missing_items(wanted.value, value), " "));
    case mentions:
      if (value.empty() || value == "false") break;
      // One that is about the same and says the contrary is no condition to keep.
      if (std::ranges::any_of(wanted.words, [&](const std::string& word) { return value.find(word) != value.npos; }))
        break;
      return fmt::format("({}) || {}", value, wanted.value);
    case FlexisipJudge::transports:
      return mended_transports(config, wanted.value, value);
  }
  return wanted.value;
}

std::vector<std::string> account_prefixes(const std::vector<std::string>& accounts) {
  std::set<std::string> prefixes;
  for (const std::string& account : accounts) {
    const auto end = account.find('_');
    const bool is_good = end != std::string::npos && end > 0 && std::ranges::all_of(account.substr(0, end), [](char c) {
                           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                         });
    if (is_good) prefixes.insert(account.substr(0, end + 1));
  }
  return {prefixes.begin(), prefixes.end()};
}

}  // namespace mmsgate::ops
