// SPDX-License-Identifier: Apache-2.0
// The methods that only read: the log, the sub accounts, the numbers. Their answers have every number as a string.
#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "voipms/media.hpp"
#include "voipms/rest_api.hpp"

namespace mmsgate_sim {
namespace {

struct Filter {
  std::string from;  // "YYYY-MM-DD"; empty: any
  std::string to;
  std::string type;
  std::string did;
  std::string contact;
  bool all_kinds = false;
  bool mms = false;
  std::optional<int> hours;

  [[nodiscard]] bool lets_through(const Message& message) const {
    if (!all_kinds && message.mms != mms) return false;
    if (!type.empty() && type != (message.received ? "1" : "0")) return false;
    if (!contact.empty() && contact != message.contact) return false;
    const bool of_did = message.did == did || std::ranges::find(message.to, did) != message.to.end();
    if (!did.empty() && !of_did) return false;
    constexpr std::size_t kDayLength = 10;
    const std::string day = provider_date(message.at, hours).substr(0, kDayLength);
    return (from.empty() || day >= from) && (to.empty() || day <= to);
  }
};

std::optional<int> hours_of(const std::string& timezone) {
  const auto hours = parse_number(timezone.starts_with('+') ? timezone.substr(1) : timezone);
  return hours ? std::optional(static_cast<int>(*hours)) : std::nullopt;
}

Json row_of(const World& world, const Message& message, const Filter& filter) {
  const Json urls = media_urls(world.media_base, message);
  Json row = {{"id", std::to_string(message.id)},
              {"date", provider_date(message.at, filter.hours)},
              {"type", message.received ? "1" : "0"},
              {"did", filter.did.empty() ? message.did : filter.did},
              {"contact", message.contact},
              {"message", message.text},
              {"carrier_status", ""},
              {"media", urls}};
  for (std::size_t n = 0; n < 3; ++n) row[fmt::format("col_media{}", n + 1)] = n < urls.size() ? urls[n] : Json("");
  return row;
}

}  // namespace

Json get_messages(const World& world, const Form& form, bool mms) {
  const Filter filter{.from = form.get("from"),
                      .to = form.get("to"),
                      .type = form.get("type"),
                      .did = national(form.get("did")),
                      .contact = national(form.get("contact")),
                      .all_kinds = form.get("all_messages") == "1",
                      .mms = mms,
                      .hours = hours_of(form.get("timezone"))};
  constexpr std::int64_t kUsualLimit = 1000;
  const auto limit = std::max<std::int64_t>(1, parse_number(form.get("limit")).value_or(kUsualLimit));
  const auto found = world.log.newest(static_cast<std::size_t>(limit),
                                      [&](const Message& message) { return filter.lets_through(message); });
  if (found.empty()) return only_status(mms ? "no_mms" : "no_sms");
  Json rows = Json::array();
  for (const auto& message : found) rows.push_back(row_of(world, *message, filter));
  return {{"status", "success"}, {"sms", std::move(rows)}};
}

Json get_media(const World& world, const Form& form) {
  const auto id = parse_number(form.get("id"));
  if (!id) return only_status(form.get("id").empty() ? "missing_id" : "invalid_id");
  const auto message = world.log.find(*id);
  if (!message || message->media.empty()) return only_status("no_mms");
  const Json urls = media_urls(world.media_base, *message);
  if (form.get("media_as_array") == "1") return {{"status", "success"}, {"media", urls}};
  Json object = Json::object();
  for (std::size_t n = 0; n < urls.size(); ++n) object[fmt::format("media{}", n + 1)] = urls[n];
  return {{"status", "success"}, {"media", std::move(object)}};
}

Json get_sub_accounts(const World& world, const Form& form) {
  const std::string account = form.get("account");
  Json list = world.portal.accounts(account);
  if (list.empty()) return only_status(account.empty() ? "no_account" : "invalid_account");
  return {{"status", "success"}, {"accounts", std::move(list)}};
}

Json get_dids(const World& world, const Form& form) {
  const std::string did = national(form.get("did"));
  Json list = world.portal.dids(did);
  if (list.empty()) return only_status(did.empty() ? "no_did" : "invalid_did");
  return {{"status", "success"}, {"dids", std::move(list)}};
}

Json get_servers(const World& world, const Form& form) {
  Json list = world.portal.servers();
  const std::string pop = form.get("server_pop");
  for (auto each = list.begin(); each != list.end();) {
    each = pop.empty() || text_of(*each, "server_pop") == pop ? std::next(each) : list.erase(each);
  }
  if (list.empty()) return only_status("invalid_server_pop");
  return {{"status", "success"}, {"servers", std::move(list)}};
}

Json get_balance() {
  return {{"status", "success"}, {"balance", {{"current_balance", "25.00000"}, {"spent_total", "0.00000"}}}};
}

}  // namespace mmsgate_sim
