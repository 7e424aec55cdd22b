// SPDX-License-Identifier: Apache-2.0
#include "cli/keys.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/printable.hpp"
#include "cli/say.hpp"
#include "cli/wait.hpp"
#include "crypto/digest.hpp"
#include "crypto/secret.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {
namespace {

using nlohmann::ordered_json;

Result<bool> check_name(std::string_view name) {
  constexpr std::size_t kMost = 64;
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
  if (!name.empty() && name.size() <= kMost && name.find_first_not_of(kPlain) == std::string_view::npos) return true;
  return fail(ErrorKind::rejected, "a key's NAME must be 1 to 64 small letters, digits and _ . - (such as front-door)");
}

Result<bool> check_accounts(const KeysOptions& options, const Directory& directory) {
  if (options.all_accounts == !options.accounts.empty()) {
    return fail(ErrorKind::rejected,
                "say to whose phones the key may send: --account ACCOUNT, once or more often, or --all-accounts");
  }
  if (directory.accounts().empty()) {
    return fail(ErrorKind::rejected,
                "the sub accounts have not been read from VoIP.ms yet: start the gateway once, then try again");
  }
  for (const std::string& account : options.accounts) {
    if (directory.find(account) != nullptr) continue;
    std::vector<std::string> known;
    for (const SubAccount& each : directory.accounts()) known.push_back(each.id.value);
    return fail(ErrorKind::rejected,
                fmt::format("there is no sub account {}; there are: {}", account, fmt::join(known, " ")));
  }
  return true;
}

Result<bool> check(const ops::Config& config, const KeysOptions& options) {
  if (auto named = check_name(options.name); !named) return named;
  const auto store = read_database(config);
  if (!store) return std::unexpected(store.error());
  const auto directory = (*store)->directory();
  if (!directory) return std::unexpected(directory.error());
  return check_accounts(options, *directory);
}

/// Each account once, in the order given.
std::vector<std::string> without_repeats(const std::vector<std::string>& given) {
  std::vector<std::string> accounts;
  for (const std::string& each : given) {
    if (std::ranges::find(accounts, each) == accounts.end()) accounts.push_back(each);
  }
  return accounts;
}

std::string accounts_of(const store::UploadKey& key) {
  return key.all_accounts ? "all" : fmt::format("{}", fmt::join(key.accounts, " "));
}

void print_new(const ops::Config& config, const store::UploadKey& key, const std::string& secret) {
  const std::string url = fmt::format("{}{}?to={}", config.public_url, config.upload_path,
                                      key.all_accounts ? "ACCOUNT" : key.accounts.front());
  fmt::print("The key \"{}\" may send files to the phones of: {}\n", key.name, accounts_of(key));
  fmt::print("Keep it like a password; it is shown this once:\n\n  {}\n\n", secret);
  fmt::print("Try it, with any picture:\n\n  curl -H 'X-Upload-Key: {}' -F 'File=@picture.jpg' '{}&text=Hello'\n\n",
             secret, url);
  fmt::print(
      "For what knows an address only, such as a camera (a reverse proxy writes such an address into its log):\n\n"
      "  curl -F 'File=@picture.jpg' '{}&key={}'\n\n",
      url, secret);
  fmt::print("`mmsgate keys revoke {}` ends it.\n", key.name);
}

ordered_json to_json(const store::UploadKey& key) {
  ordered_json out{{"name", key.name},         {"all_accounts", key.all_accounts},
                   {"accounts", key.accounts}, {"made", rfc3339(key.made_at)},
                   {"last_used", nullptr},     {"uses", key.uses}};
  if (key.used_at) out["last_used"] = rfc3339(*key.used_at);
  return out;
}

/// The error names those that there are.
Result<bool> check_is_there(const ops::Config& config, const std::string& name) {
  const auto store = read_database(config);
  if (!store) return std::unexpected(store.error());
  const auto keys = (*store)->upload_keys();
  if (!keys) return std::unexpected(keys.error());
  if (std::ranges::find(*keys, name, &store::UploadKey::name) != keys->end()) return true;
  std::vector<std::string> names;
  for (const store::UploadKey& key : *keys) names.push_back(key.name);
  return fail(ErrorKind::rejected,
              fmt::format("there is no key \"{}\"; there {}", name,
                          names.empty() ? "are none" : fmt::format("are: {}", fmt::join(names, " "))));
}

}  // namespace

int add_key(const ops::Config& config, const KeysOptions& options) {
  if (const auto good = check(config, options); !good) return say(good.error().detail);
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  runtime::SystemRandom random;
  const std::string secret = crypto::make_secret(random);
  const store::UploadKey key{.name = options.name,
                             .hash = crypto::sha256(secret),
                             .all_accounts = options.all_accounts,
                             .accounts = without_repeats(options.accounts),
                             .made_at = runtime::SystemClock().now()};
  const auto added = wait_for<bool>([&](auto done) { (*store)->add_upload_key(key, std::move(done)); });
  if (!added) return say(added.error().detail);
  if (!*added) {
    return say(fmt::format("there is a key \"{}\" already: choose another name, or `mmsgate keys revoke {}` first",
                           key.name, key.name));
  }
  print_new(config, key, secret);
  return 0;
}

int list_keys(const ops::Config& config, const KeysOptions& options) {
  const auto store = read_database(config);
  if (!store) return say(store.error().detail);
  const auto keys = (*store)->upload_keys();
  if (!keys) return say(keys.error().detail);
  if (options.json) {
    ordered_json all = ordered_json::array();
    for (const store::UploadKey& key : *keys) all.push_back(to_json(key));
    print_json(all);
    return 0;
  }
  fmt::print("{:<20}  {:<20}  {:<20}  {:>8}  {}\n", "NAME", "MADE", "LAST USED", "USES", "ACCOUNTS");
  for (const store::UploadKey& key : *keys) {
    fmt::print("{:<20}  {:<20}  {:<20}  {:>8}  {}\n", key.name, rfc3339(key.made_at),
               key.used_at ? rfc3339(*key.used_at) : "never", key.uses, accounts_of(key));
  }
  return 0;
}

int revoke_key(const ops::Config& config, const KeysOptions& options) {
  if (const auto there = check_is_there(config, options.name); !there) return say(there.error().detail);
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  const auto revoked = wait_for<bool>([&](auto done) { (*store)->revoke_upload_key(options.name, std::move(done)); });
  if (!revoked) return say(revoked.error().detail);
  fmt::print("The key \"{}\" is revoked; nothing more is taken by it.\n", options.name);
  return 0;
}

}  // namespace mmsgate::cli
