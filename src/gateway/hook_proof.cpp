// SPDX-License-Identifier: Apache-2.0
#include "gateway/hook_proof.hpp"

#include <algorithm>
#include <utility>

#include "gateway/inbound.hpp"

namespace mmsgate::gateway {
namespace {

/// Their clock and ours.
constexpr auto kClockSlack = std::chrono::minutes(15);

bool has_same_words(const formats::CarrierMessage& told, const formats::LoggedMessage& entry, TimePoint at,
                    TimePoint now) {
  return at >= now - kProofBack && at <= now + kClockSlack && peer_form(entry.contact) == peer_form(told.from) &&
         entry.text == told.text && entry.media_urls.size() == told.media_urls.size();
}

/// The number of the entry in front; the others of a group where the id says that it is the same message.
std::vector<std::string> addressed(const formats::CarrierMessage& told, const formats::LoggedMessage& entry,
                                   bool is_same_id) {
  std::vector<std::string> to{entry.did};
  if (is_same_id) to.insert(to.end(), told.to.begin(), told.to.end());
  return to;
}

}  // namespace

std::vector<NewMessage> plan_proven(const formats::CarrierMessage& told, std::string_view raw,
                                    const std::vector<formats::LoggedMessage>& log, const Directory& directory,
                                    const Settings& settings, TimePoint now, Random& random) {
  std::vector<NewMessage> proven;
  for (const formats::LoggedMessage& entry : log) {
    const std::string own = peer_form(entry.did);
    const auto is_own = [&](const std::string& to) { return peer_form(to) == own; };
    const auto at = formats::parse_log_date(entry.date);
    if (!entry.received || !at || std::ranges::none_of(told.to, is_own)) continue;
    const bool is_same_id = entry.id == told.id;
    if (!is_same_id && !has_same_words(told, entry, *at, now)) continue;
    const formats::CarrierMessage real{.id = entry.id,
                                       .from = entry.contact,
                                       .to = addressed(told, entry, is_same_id),
                                       .text = entry.text,
                                       .media_urls = entry.media_urls};
    for (NewMessage& row : plan_inbound(real, is_same_id ? raw : "", directory, settings, now, random)) {
      if (row.own != own) continue;  // another number has an entry of its own
      if (!is_same_id && row.kind == Kind::message && row.direction == Direction::inbound) {
        row.source = Source::logged;
        row.logged_at = *at;
      }
      proven.push_back(std::move(row));
    }
  }
  return proven;
}

}  // namespace mmsgate::gateway
