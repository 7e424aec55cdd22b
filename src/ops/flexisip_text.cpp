// SPDX-License-Identifier: Apache-2.0
#include "ops/flexisip_text.hpp"

#include <fmt/format.h>

namespace mmsgate::ops {
namespace {

std::string comment(const FlexisipWanted& wanted) {
  const std::string source = wanted.option.empty() ? "" : fmt::format(" ({})", wanted.option);
  return fmt::format("# {}{}\n", wanted.why, source);
}

/// What only its owner knows.
constexpr std::string_view kPushKeys =
    "# For Android: by which key which Firebase project's phones are woken. Put in the project's number (Firebase\n"
    "# calls it Sender ID), where its key is, and take the # away.\n"
    "#firebase-service-accounts=PROJECT-NUMBER:/etc/flexisip/PROJECT.json\n";
constexpr std::string_view kCertificate =
    "# TLS (sips:) needs a certificate. Where Flexisip has none yet, name its two files and take the # away.\n"
    "#tls-certificates-file={}\n#tls-certificates-private-key={}\n";
constexpr std::string_view kGarbage =
    "\n[module::GarbageIn]\n"
    "# What your accounts begin with is not known here yet: run this again once the gateway has run, or with\n"
    "# --account-prefix. Then there is a filter by which Flexisip carries for your accounts alone.\n";

}  // namespace

std::string flexisip_config_text(const Config& config, const FlexisipAround& around) {
  std::string out =
      "# For flexisip.conf. Where a name stands already in its section (without # before it), change that line: newer\n"
      "# Flexisip does not start when a name is there twice.\n";
  if (around.prefixes.empty()) out += kGarbage;
  std::string_view section;
  for (const FlexisipWanted& each : wanted_of_flexisip(config, around)) {
    const bool is_asked = each.only_when_on.value_or(true);
    if (!is_asked || is_met(each, config, each.otherwise)) continue;
    if (each.section != section) out += fmt::format("\n[{}]\n", section = each.section);
    out += fmt::format("{}{}={}\n", comment(each), each.key, each.value);
    if (each.key != "transports" || each.value.find("sips:") == std::string::npos) continue;
    const bool has_files = !config.certificate.empty();
    out += fmt::format(kCertificate, has_files ? config.certificate : "/etc/flexisip/tls/cert.pem",
                       has_files ? config.key : "/etc/flexisip/tls/key.pem");
  }
  return out + std::string(kPushKeys);
}

std::string flexisip_routes_text(const Config& config) {
  std::string out =
      "# For the file that [module::Forward] routes-config-path names. The first rule that fits counts.\n";
  for (const FlexisipRule& each : wanted_rules(config)) {
    out += fmt::format("# {}\n{}     {}\n", each.why, each.route, each.condition);
  }
  return out;
}

}  // namespace mmsgate::ops
