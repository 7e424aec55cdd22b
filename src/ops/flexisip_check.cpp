// SPDX-License-Identifier: Apache-2.0
#include "ops/flexisip_check.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "ops/flexisip_transports.hpp"

namespace mmsgate::ops {
namespace {

using formats::FlexisipConfig;
using formats::FlexisipRoute;
using formats::FlexisipSetting;

/// What holds: the last of that name, else what Flexisip does by itself.
std::string value_of(const FlexisipConfig& file, std::string_view section, std::string_view key,
                     std::string_view otherwise) {
  const auto all = file.all(section, key);
  return all.empty() ? std::string(otherwise) : all.back()->value;
}

bool is_on(const FlexisipConfig& file, std::string_view section, bool otherwise) {
  const std::string value = value_of(file, section, "enabled", otherwise ? "true" : "false");
  return value == "true" || value == "1";
}

std::string line_of(const FlexisipWanted& wanted, std::string_view value) {
  return fmt::format("{}={}", wanted.key, value);
}

FlexisipFinding finding_of(const FlexisipConfig& file, const FlexisipWanted& wanted,
                           const std::vector<const FlexisipSetting*>& there) {
  FlexisipFinding finding{.line = there.empty() ? file.line_of(wanted.section) : there.back()->line,
                          .section = std::string(wanted.section),
                          .key = std::string(wanted.key),
                          .is = {},
                          .should_be = {},
                          .why = wanted.why};
  for (const FlexisipSetting* each : there) {
    finding.is.push_back({each->line, line_of(wanted, wanted.secret ? "(not shown)" : each->value)});
  }
  if (!wanted.option.empty()) finding.why += fmt::format(" ({})", wanted.option);
  return finding;
}

/// The places of the rules that lead to the gateway and take what `wanted` is about.
bool takes(const FlexisipRoute& rule, const std::set<std::string>& wanted) {
  return std::ranges::any_of(formats::alternatives(rule.condition),
                             [&](const auto& its) { return std::ranges::includes(wanted, its); });
}

/// What every rule of ours has: without it, the gateway's own messages would come back, and calls would go to it.
bool is_careful(const FlexisipRoute& rule) {
  const auto its = formats::conjuncts(rule.condition);
  return its.contains("request.method == 'MESSAGE'") && its.contains("user-agent contains 'Linphone'");
}

std::string line_of(const FlexisipRoute& rule) { return fmt::format("{}     {}", rule.route, rule.condition); }

/// Nothing: the rule is there, and is asked first.
std::optional<FlexisipFinding> judge(const FlexisipRule& wanted, const std::vector<FlexisipRoute>& routes,
                                     const Config& config) {
  FlexisipFinding finding{.line = 0,
                          .section = {},
                          .key = wanted.mark,
                          .is = {},
                          .should_be = {fmt::format("{}     {}", wanted.route, wanted.condition)},
                          .why = wanted.why};
  const auto all_of_it = formats::conjuncts(wanted.condition);
  for (const FlexisipRoute& rule : routes) {
    if (rule.condition.empty() || !takes(rule, all_of_it)) continue;
    if (leads_to_gateway(config, rule.route) && is_careful(rule)) return std::nullopt;
    finding.line = rule.line;
    finding.is = {{rule.line, line_of(rule)}};
    const bool is_the_rule = formats::conjuncts(rule.condition) == all_of_it;
    if (!is_the_rule) {
      // It is somebody's, for something else too: ours goes before it.
      finding.should_be.push_back(finding.is.front().text);
      finding.why += " The rule that is here takes it first.";
    }
    return finding;
  }
  // One that is much like it: what has been changed.
  for (const FlexisipRoute& rule : routes) {
    const bool is_like_it = rule.condition.find(wanted.mark) != std::string::npos &&
                            (leads_to_gateway(config, rule.route) || is_careful(rule));
    if (!is_like_it) continue;
    finding.line = rule.line;
    finding.is = {{rule.line, line_of(rule)}};
    break;
  }
  return finding;
}

}  // namespace

std::vector<FlexisipFinding> check_flexisip(const FlexisipConfig& file, const Config& config,
                                            const FlexisipAround& around) {
  std::vector<FlexisipFinding> findings;
  for (const FlexisipWanted& wanted : wanted_of_flexisip(config, around)) {
    if (wanted.only_when_on && !is_on(file, wanted.section, *wanted.only_when_on)) continue;
    const auto there = file.all(wanted.section, wanted.key);
    const std::string value = there.empty() ? wanted.otherwise : there.back()->value;
    const bool is_good = is_met(wanted, config, value);
    if (is_good && there.size() <= 1) continue;
    FlexisipFinding finding = finding_of(file, wanted, there);
    const std::string better = mended(wanted, config, there.empty() ? "" : value);
    finding.should_be = {line_of(wanted, is_good ? (wanted.secret ? "(the last of them)" : value) : better)};
    if (there.size() > 1) finding.why += " It must stand there once: newer Flexisip does not start otherwise.";
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<FlexisipFinding> check_routes(const std::vector<FlexisipRoute>& routes, const Config& config) {
  std::vector<FlexisipFinding> findings;
  for (const FlexisipRule& wanted : wanted_rules(config)) {
    if (auto finding = judge(wanted, routes, config)) findings.push_back(*std::move(finding));
  }
  return findings;
}

std::vector<std::string> notes_on_flexisip(const FlexisipConfig& file, const Config& config,
                                           const FlexisipAround& around) {
  std::vector<std::string> notes;
  if (around.prefixes.empty()) {
    notes.emplace_back(
        "what your accounts begin with is not known here, so [module::GarbageIn] was not looked at: run this again "
        "once "
        "the gateway has run, or with --account-prefix");
  }
  const std::string keys = value_of(file, "module::PushNotification", "firebase-service-accounts", "");
  const auto is_pair = [](std::string_view item) {
    const auto colon = item.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < item.size();
  };
  if (!std::ranges::all_of(formats::flexisip_items(keys), is_pair)) {
    notes.emplace_back("[module::PushNotification] firebase-service-accounts must be pairs of PROJECT-NUMBER:FILE");
  } else if (keys.empty() && file.all("module::PushNotification", "external-push-uri").empty()) {
    notes.emplace_back(
        "[module::PushNotification] firebase-service-accounts is not set: Android phones that sleep are not woken");
  }
  const bool is_database = value_of(file, "module::Router", "message-database-enabled", "false") == "true";
  if (is_database && config.proxy_keeps > std::chrono::hours(0)) {
    notes.emplace_back(
        "Flexisip keeps messages in a database: with [sip] proxykeephours = 0 in mmsgate.conf the gateway sends none "
        "of "
        "them again after a start of Flexisip");
  }
  return notes;
}

std::string routes_file_of(const FlexisipConfig& file) {
  return value_of(file, "module::Forward", "routes-config-path", "");
}

}  // namespace mmsgate::ops
