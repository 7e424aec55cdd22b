// SPDX-License-Identifier: Apache-2.0
#include "cli/provision_print.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "qr/draw.hpp"

namespace mmsgate::cli {
namespace {

using nlohmann::ordered_json;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// What the locale says; it need not be installed here, as in a container, for the terminal to be of that kind.
bool writes_utf8() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (locale.empty()) locale = variable(name);
  }
  std::ranges::transform(locale, locale.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

qr::Pen pen() {
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  return {.blocks = writes_utf8(), .colours = is_terminal && variable("TERM") != "dumb"};
}

std::string number_of(const formats::AccountSetup& account) {
  return account.account.caller_id ? account.account.caller_id->national() : "";
}

std::string times(int uses) { return uses == 1 ? "once" : uses == 2 ? "twice" : fmt::format("{} times", uses); }

bool asks_for_password(const formats::PhoneConfig& config) {
  return std::ranges::any_of(
      config.accounts, [](const formats::PhoneAccount& each) { return each.ha1.empty() && each.password.empty(); });
}

}  // namespace

Result<std::string> describe(const MadePhone& phone) {
  const auto code = qr::Code::make(phone.url);
  if (!code) return std::unexpected(code.error());
  std::string text;
  for (std::size_t i = 0; i < phone.accounts.size(); ++i) {
    text += fmt::format("{}, number {}, at {}\n", phone.accounts[i]->account.id.value, number_of(*phone.accounts[i]),
                        phone.config.accounts[i].domain);
  }
  text +=
      "On the phone, in Linphone: Assistant, then Fetch remote configuration. Scan this code, or type the URL below\n"
      "it; then tap Fetch and apply.\n\n";
  text += qr::draw_text(*code, pen());
  text += fmt::format("\n{}\n", phone.url);
  if (phone.uses > 0) {
    text += fmt::format("It works {}, until {}. Whoever has it can log in as this phone: show it to nobody else.\n",
                        times(phone.uses), rfc3339(phone.until));
  }
  if (asks_for_password(phone.config)) text += "The phone will ask for the password of the sub account.\n";
  for (const std::string& file : phone.files) text += fmt::format("Written: {}\n", file);
  return text;
}

std::string to_json(const std::vector<MadePhone>& made, const std::vector<Skipped>& skipped) {
  ordered_json phones = ordered_json::array();
  for (const MadePhone& phone : made) {
    ordered_json accounts = ordered_json::array();
    for (std::size_t i = 0; i < phone.accounts.size(); ++i) {
      accounts.push_back({{"account", phone.accounts[i]->account.id.value},
                          {"number", number_of(*phone.accounts[i])},
                          {"domain", phone.config.accounts[i].domain}});
    }
    ordered_json one{{"accounts", std::move(accounts)}, {"url", phone.url}};
    if (phone.uses > 0) {
      one["uses"] = phone.uses;
      one["until"] = rfc3339(phone.until);
    }
    one["files"] = phone.files;
    phones.push_back(std::move(one));
  }
  ordered_json without = ordered_json::array();
  for (const Skipped& each : skipped) without.push_back({{"account", each.account}, {"reason", each.reason}});
  const ordered_json all{{"phones", std::move(phones)}, {"skipped", std::move(without)}};
  return all.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mmsgate::cli
