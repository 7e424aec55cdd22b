// SPDX-License-Identifier: Apache-2.0
#include "cli/provision_lists.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/settings.hpp"
#include "cli/wait.hpp"
#include "net/http_client.hpp"
#include "voipms/api.hpp"

namespace mmsgate::cli {
namespace {

template <typename T>
Result<bool> read(voipms::Api& api, void (voipms::Api::*what)(voipms::Api::Done<T>), T& into) {
  auto answer = wait_for<T>([&](auto done) { (api.*what)(std::move(done)); });
  if (!answer) return std::unexpected(std::move(answer.error()));
  into = *std::move(answer);
  return true;
}

std::string names_of(const gateway::CarrierLists& lists) {
  std::string names;
  for (const formats::AccountSetup& each : lists.accounts) {
    names += (names.empty() ? "" : ", ") + each.account.id.value;
  }
  return names;
}

std::unexpected<Error> no_such(const std::string& name, const gateway::CarrierLists& lists) {
  std::error_code ignored;
  const bool is_file = std::filesystem::exists(name, ignored);  // the shell has made names of files of a *
  return fail(ErrorKind::rejected,
              fmt::format("VoIP.ms has no sub account \"{}\"; there are: {}{}", name, names_of(lists),
                          is_file ? ". (For all of them write '*', with the quotes.)" : ""));
}

}  // namespace

Result<gateway::CarrierLists> read_lists(const ops::Config& config) {
  const auto http = net::make_http_client(user_agent());
  voipms::Api api(credentials_from(config), *http);
  gateway::CarrierLists lists;
  if (auto had = read(api, &voipms::Api::account_setups, lists.accounts); !had) return std::unexpected(had.error());
  if (lists.accounts.empty()) {
    return fail(ErrorKind::rejected, "VoIP.ms has no sub account of yours: make one for each phone in its portal");
  }
  if (!config.phones.domain.empty()) return lists;
  if (auto had = read(api, &voipms::Api::did_places, lists.dids); !had) return std::unexpected(had.error());
  if (auto had = read(api, &voipms::Api::servers, lists.servers); !had) return std::unexpected(had.error());
  return lists;
}

Result<gateway::Accounts> choose(const gateway::CarrierLists& lists, const std::vector<std::string>& names) {
  gateway::Accounts chosen;
  const auto add = [&chosen](const formats::AccountSetup& account) {
    if (std::ranges::find(chosen, &account) == chosen.end()) chosen.push_back(&account);
  };
  for (const std::string& name : names) {
    bool is_there = false;
    for (const formats::AccountSetup& each : lists.accounts) {
      if (name != "*" && each.account.id.value != name) continue;
      is_there = true;
      add(each);
    }
    if (!is_there) return no_such(name, lists);
  }
  return chosen;
}

}  // namespace mmsgate::cli
