// SPDX-License-Identifier: Apache-2.0
#include "cli/flexisip.hpp"

#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/identity.hpp"
#include "cli/printable.hpp"
#include "cli/say.hpp"
#include "ops/flexisip_check.hpp"
#include "ops/flexisip_text.hpp"
#include "ops/gateway_address.hpp"
#include "runtime/files.hpp"

namespace mmsgate::cli {
namespace {

constexpr const char* kUsualRoutes = "/etc/flexisip/forward.conf";
constexpr int kUnreadable = 2;

/// What the sub accounts begin with, as far as the gateway has seen any.
std::vector<std::string> known_prefixes(const ops::Config& config, const std::string& config_file) {
  const PlainLook look(config_file);
  if (!look.holds()) return {};
  const auto store = read_database(config);
  const auto directory = store ? (*store)->directory() : std::unexpected(store.error());
  if (!directory) return {};
  std::vector<std::string> names;
  for (const SubAccount& each : directory->accounts()) names.push_back(each.id.value);
  return ops::account_prefixes(names);
}

ops::FlexisipAround around(const ops::Config& config, const std::string& config_file, const FlexisipOptions& options) {
  return {.prefixes = options.prefixes.empty() ? known_prefixes(config, config_file) : options.prefixes,
          .routes_file = options.forward_config.empty() ? kUsualRoutes : options.forward_config,
          .phones_address = options.address};
}

struct Judged {
  std::string file;
  std::vector<ops::FlexisipFinding> findings;
};

std::string where(const std::string& file, const ops::FlexisipFinding& finding) {
  const std::string section = finding.section.empty() ? "" : fmt::format(", [{}]", finding.section);
  if (finding.line == 0) return fmt::format("{}: not there yet{}", file, section);
  return fmt::format("{}:{}{}", file, finding.line, section);
}

void print_diff(const Judged& judged) {
  if (judged.findings.empty()) return;
  fmt::print("--- {0}\n+++ {0}, as it should be\n", printable(judged.file));
  for (const ops::FlexisipFinding& finding : judged.findings) {
    fmt::print("@@ {} @@\n# {}\n", printable(where(judged.file, finding)), finding.why);
    for (const ops::FlexisipLine& line : finding.is) fmt::print("-{}\n", printable(line.text));
    for (const std::string& line : finding.should_be) fmt::print("+{}\n", printable(line));
  }
  fmt::print("\n");
}

nlohmann::ordered_json as_json(const Judged& judged, const ops::FlexisipFinding& finding) {
  auto is = nlohmann::ordered_json::array();
  for (const ops::FlexisipLine& line : finding.is) is.push_back(line.text);
  return {{"file", judged.file},
          {"line", finding.line},
          {"section", finding.section},
          {"about", finding.key},
          {"is", is},
          {"should_be", finding.should_be},
          {"why", finding.why}};
}

void print_all_as_json(const std::vector<Judged>& files, const std::vector<std::string>& notes) {
  auto findings = nlohmann::ordered_json::array();
  for (const Judged& each : files) {
    for (const ops::FlexisipFinding& finding : each.findings) findings.push_back(as_json(each, finding));
  }
  print_json({{"findings", findings}, {"notes", notes}});
}

std::string beside(const std::string& file, const std::string& name) {
  if (name.starts_with('/')) return name;
  return file.substr(0, file.rfind('/') + 1) + name;
}

int say_unreadable(const std::string& file, const char* option) {
  return say(
      fmt::format("cannot read {}: say where it is with {}, and run this as somebody who may read it", file, option),
      kUnreadable);
}

}  // namespace

int print_flexisip(const ops::Config& config, const std::string& config_file, const FlexisipOptions& options) {
  if (const auto is_there = ops::has_gateway_address(config); !is_there) {
    return say(is_there.error().detail, kWrongConfig);
  }
  const ops::FlexisipAround known = around(config, config_file, options);
  const bool both = options.only.empty();
  if (both || options.only == "flexisip.conf") fmt::print("{}", flexisip_config_text(config, known));
  if (both) fmt::print("\n\n# ---- {} ----\n", printable(known.routes_file));
  if (both || options.only == "forward.conf") fmt::print("{}", flexisip_routes_text(config));
  return 0;
}

int check_flexisip(const ops::Config& config, const std::string& config_file, const FlexisipOptions& options) {
  if (const auto is_there = ops::has_gateway_address(config); !is_there) {
    return say(is_there.error().detail, kWrongConfig);
  }
  const auto text = runtime::read_file(options.flexisip_config);
  if (!text) return say_unreadable(options.flexisip_config, "--flexisip-config");
  const auto file = formats::parse_flexisip_config(*text);
  ops::FlexisipAround known = around(config, config_file, options);
  if (const std::string named = ops::routes_file_of(file); options.forward_config.empty() && !named.empty()) {
    known.routes_file = beside(options.flexisip_config, named);
  }
  const auto rules = runtime::read_file(known.routes_file);
  std::vector<Judged> files{{options.flexisip_config, ops::check_flexisip(file, config, known)}};
  // Where flexisip.conf names no such file, that is what is to be mended first.
  const bool is_named = !ops::routes_file_of(file).empty() || !options.forward_config.empty();
  if (!rules && is_named) return say_unreadable(known.routes_file, "--forward-config");
  const auto routes = formats::parse_flexisip_routes(rules.value_or(""));
  files.push_back({known.routes_file, ops::check_routes(routes, config)});
  const auto notes = ops::notes_on_flexisip(file, config, known);
  const bool is_well = files[0].findings.empty() && files[1].findings.empty();
  if (options.json) {
    print_all_as_json(files, notes);
  } else {
    for (const Judged& each : files) print_diff(each);
    if (is_well) fmt::print("{} and {} are right.\n", printable(files[0].file), printable(files[1].file));
    for (const std::string& note : notes) fmt::print("note: {}\n", note);
  }
  return is_well ? 0 : kFailed;
}

}  // namespace mmsgate::cli
