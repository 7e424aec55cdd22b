// SPDX-License-Identifier: Apache-2.0
#include "gateway/sent_log.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "gateway/carrier_sender.hpp"

namespace mmsgate::gateway {
namespace {

class Planner {
 public:
  Planner(const std::vector<formats::LoggedMessage>& log, const Settings& settings, const SentBefore& before,
          TimePoint now)
      : settings_(settings), before_(before), now_(now) {
    for (const formats::LoggedMessage& entry : log) logged_.insert(entry.id);
  }

  void add(const formats::LoggedMessage& entry, const Number& did, TimePoint at) {
    if (before_.has_result(entry.id)) return;
    const std::string peer = peer_form(entry.contact);
    const store::SentLine* twin = nullptr;
    const auto lines =
        before_.sent(did.national(), peer, at - settings_.carrier_policy.give_up_after - kClockSlack, at + kClockSlack);
    for (const store::SentLine& line : lines) {
      if (is_twin(line, entry) && !taken_.contains(line.id.value)) twin = &line;  // the oldest
    }
    if (twin == nullptr) return plan_.elsewhere.push_back(from_elsewhere(entry, did, peer, at));
    taken_.insert(twin->id.value);
    if (twin->state == State::failed || twin->state == State::dead) {
      plan_.found.push_back({.id = twin->id,
                             .event = Event::found,
                             .reason = fmt::format("VoIP.ms' log shows that it was sent, as {}", entry.id),
                             .result_id = entry.id});
    }
  }

  SentPlan plan() && { return std::move(plan_); }

 private:
  /// One whose own id stands in the log is another message of the same words.
  [[nodiscard]] bool is_twin(const store::SentLine& line, const formats::LoggedMessage& entry) const {
    return line.text == entry.text && std::cmp_equal(line.parts, entry.media_urls.size()) &&
           !logged_.contains(line.result_id);
  }

  [[nodiscard]] NewMessage from_elsewhere(const formats::LoggedMessage& entry, const Number& did,
                                          const std::string& peer, TimePoint at) const {
    NewMessage row;
    row.direction = Direction::outbound;
    row.provider = "voipms";
    row.provider_id = fmt::format("sent-{}", entry.id);  // what comes in is numbered too
    row.source = Source::logged;
    row.own = did.national();
    row.peer = peer;
    row.text = entry.text;
    row.received_at = now_;
    row.logged_at = at;
    for (const std::string& url : entry.media_urls) row.parts.push_back({.source_url = url});
    row.deliveries.push_back(
        {.target = Target::carrier,
         .destination = peer,
         .slice = {.text_bytes = row.text.size(), .part_count = static_cast<int>(row.parts.size())},
         .state = State::accepted,
         .reason = fmt::format("sent on {} UTC by other means than this gateway", entry.date),
         .result_id = entry.id});
    return row;
  }

  const Settings& settings_;
  const SentBefore& before_;
  const TimePoint now_;
  std::set<std::string> logged_;
  std::set<std::int64_t> taken_;  ///< A delivery is one entry's twin.
  SentPlan plan_;
};

}  // namespace

SentPlan plan_sent(const std::vector<formats::LoggedMessage>& log, const Directory& directory, const Settings& settings,
                   const SentBefore& before, TimePoint since, TimePoint until, TimePoint now) {
  Planner planner(log, settings, before, now);
  for (const formats::LoggedMessage& entry : log) {
    const auto at = formats::parse_log_date(entry.date);
    const auto did = Number::parse(entry.did);
    if (entry.received || !at || *at < since || *at > until) continue;
    if (did && !directory.with_caller_id(*did).empty()) planner.add(entry, *did, *at);
  }
  return std::move(planner).plan();
}

}  // namespace mmsgate::gateway
