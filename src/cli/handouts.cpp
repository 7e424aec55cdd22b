// SPDX-License-Identifier: Apache-2.0
#include "cli/handouts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/printable.hpp"
#include "cli/say.hpp"
#include "cli/wait.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {

int list_handouts(const ops::Config& config, bool json) {
  const auto store = read_database(config);
  if (!store) return say(store.error().detail);
  const auto handouts = (*store)->handouts(runtime::SystemClock().now());
  if (!handouts) return say(handouts.error().detail);
  if (json) {
    auto all = nlohmann::ordered_json::array();
    for (const store::Handout& each : *handouts) {
      all.push_back({{"accounts", each.accounts},
                     {"made", rfc3339(each.made_at)},
                     {"uses_left", each.uses_left},
                     {"until", rfc3339(each.until)}});
    }
    print_json(all);
    return 0;
  }
  fmt::print("{:<20}  {:>9}  {:<20}  {}\n", "MADE", "USES LEFT", "UNTIL", "ACCOUNT");
  for (const store::Handout& each : *handouts) {
    fmt::print("{:<20}  {:>9}  {:<20}  {}\n", rfc3339(each.made_at), each.uses_left, rfc3339(each.until),
               each.accounts);
  }
  return 0;
}

int revoke_handouts(const ops::Config& config, const std::vector<std::string>& accounts) {
  if (accounts.empty()) return say("whose? Name the sub accounts, or '*' for all of them");
  if (std::ranges::find(accounts, "") != accounts.end()) return say("one of the names is empty");
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  int revoked = 0;
  for (const std::string& account : accounts) {
    const auto count =
        wait_for<int>([&](auto done) { (*store)->revoke_handouts(account == "*" ? "" : account, std::move(done)); });
    if (!count) return say(count.error().detail);
    revoked += *count;
  }
  fmt::print("{} URLs were revoked: they work no more.\n", revoked);
  return 0;
}

}  // namespace mmsgate::cli
