// SPDX-License-Identifier: Apache-2.0
#include "gateway/carrier_sender.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "runtime/failpoint.hpp"

namespace mmsgate::gateway {
namespace {

Verdict sent(const std::string& id) {
  return {.event = Event::accepted, .reason = fmt::format("the carrier accepted it as {}", id), .result_id = id};
}

}  // namespace

Verdict verdict_of_carrier(const Error& error) {
  switch (error.kind) {
    case ErrorKind::rejected:
      return {.event = Event::refused, .reason = error.detail};
    case ErrorKind::auth:
    case ErrorKind::limit:
      return {.event = Event::postponed, .reason = error.detail, .slow = true};
    case ErrorKind::corrupt:
      return {.event = Event::postponed, .reason = error.detail, .unclear = true};
    case ErrorKind::unanswered:
      return {.event = Event::postponed, .reason = error.detail, .unsettled = true};
    case ErrorKind::transient:
    case ErrorKind::bug:
      return {.event = Event::postponed, .reason = error.detail};
  }
  return {.event = Event::postponed, .reason = error.detail};
}

voipms::Sending sending_of(const store::Job& job, const Settings& settings, const Links& links) {
  voipms::Sending what{.did = job.own, .to = job.destination};
  what.text = job.text.substr(job.slice.text_at, job.slice.text_bytes);
  what.mms = needs_mms(job.slice, settings.carrier_limits);
  const auto end = std::min(job.parts.size(), static_cast<std::size_t>(job.slice.first_part + job.slice.part_count));
  for (auto i = static_cast<std::size_t>(job.slice.first_part); i < end; ++i) {
    what.media_urls.push_back(links.of(job.parts[i], job.destination));
  }
  return what;
}

const formats::LoggedMessage* find_in_log(const std::vector<formats::LoggedMessage>& log, const voipms::Sending& what,
                                          TimePoint since, const std::function<bool(const std::string& id)>& is_known) {
  std::string earliest = rfc3339(since - kClockSlack);  // their form is the same, with a blank for the T and no Z
  earliest[10] = ' ';
  earliest.pop_back();
  const auto is_it = [&](const formats::LoggedMessage& entry) {
    return !entry.received && entry.text == what.text && entry.media_urls.size() == what.media_urls.size() &&
           entry.date >= earliest && !is_known(entry.id);
  };
  const auto it = std::ranges::find_if(log, is_it);
  return it == log.end() ? nullptr : &*it;
}

void CarrierSender::send(const store::Job& job, Report report) {
  auto shared = std::make_shared<Report>(std::move(report));
  if (job.tries > 1) return ask_first(job, shared);
  call(job, shared);
}

void CarrierSender::call(const store::Job& job, const std::shared_ptr<Report>& report) {
  runtime::failpoint("carrier: before a call");
  api_.send(sending_of(job, *world_.settings.read(), Links(world_)),
            [this, report, message = job.message](const Result<std::string>& id) {
              runtime::failpoint("carrier: a call is answered");
              if (id) return report->ended(sent(*id));
              if (id.error().kind == ErrorKind::auth || id.error().kind == ErrorKind::limit) {
                world_.log.warning("message {} waits: {}", message.value, id.error().detail);
              }
              report->ended(verdict_of_carrier(id.error()));
            });
}

void CarrierSender::ask_first(const store::Job& job, const std::shared_ptr<Report>& report) {
  using Log = std::vector<formats::LoggedMessage>;
  api_.find_sent(
      job.own, job.destination, job.accepted_at, world_.clock.now(), [this, job, report](const Result<Log>& log) {
        if (!log) {
          // Not knowing is no reason to send twice.
          Verdict verdict = verdict_of_carrier(log.error());
          verdict.event = Event::postponed;
          verdict.unclear = verdict.unsettled = false;
          return report->ended(std::move(verdict));
        }
        const auto is_known = [this](const std::string& id) { return world_.store.has_result(id).value_or(false); };
        if (const auto* entry =
                find_in_log(*log, sending_of(job, *world_.settings.read(), Links(world_)), job.accepted_at, is_known)) {
          return report->ended(sent(entry->id));
        }
        call(job, report);
      });
}

}  // namespace mmsgate::gateway
