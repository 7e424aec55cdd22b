// SPDX-License-Identifier: Apache-2.0
#include "cli/kamailio.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/printable.hpp"
#include "cli/provision_files.hpp"
#include "cli/provision_lists.hpp"
#include "cli/say.hpp"
#include "crypto/digest.hpp"

namespace mmsgate::cli {
namespace {

/// As VoIP.ms makes them. Anything else could be more than a name in Kamailio's file.
bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           c == '.';
  });
}

}  // namespace

int print_kamailio(const ops::Config& config, const ops::KamailioAround& around) {
  const auto text = ops::kamailio_config_text(config, around);
  if (!text) return say(text.error().detail, kWrongConfig);
  fmt::print("{}", *text);
  return 0;
}

int write_kamailio_accounts(const ops::Config& config, const ops::KamailioAround& around) {
  if (const auto known = ops::check_secrets(config); !known) return say(known.error().detail, kWrongConfig);
  // The hashes are good for this domain alone.
  if (const auto known = ops::has_kamailio_domain(config); !known) return say(known.error().detail, kWrongConfig);
  const std::string& file = around.accounts_file;
  if (const auto good = check_is_private(file, config.media_folder); !good) return say(good.error().detail);
  const auto lists = read_lists(config);
  if (!lists) return say(lists.error().detail);
  std::vector<ops::KamailioAccount> accounts;
  for (const formats::AccountSetup& each : lists->accounts) {
    const std::string& name = each.account.id.value;
    if (each.password.empty() || !is_name(name)) {
      static_cast<void>(say(fmt::format("{} is skipped: VoIP.ms tells no SIP password of it", printable(name))));
      continue;
    }
    accounts.push_back({name, crypto::md5(fmt::format("{}:{}:{}", name, config.domain, each.password))});
  }
  if (accounts.empty()) return say("there is no sub account that could register");
  if (const auto written = write_private(file, ops::kamailio_accounts_text(accounts)); !written) {
    return say(written.error().detail);
  }
  fmt::print("{} accounts are in {}: let Kamailio alone read it (chown kamailio:), and start it anew.\n",
             accounts.size(), printable(file));
  return 0;
}

}  // namespace mmsgate::cli
