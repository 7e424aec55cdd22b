// SPDX-License-Identifier: Apache-2.0
#include "gateway/catch_up.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "gateway/inbound.hpp"

namespace mmsgate::gateway {

std::vector<NewMessage> plan_catch_up(std::vector<formats::LoggedMessage> log, const Directory& directory,
                                      const Settings& settings, TimePoint since, TimePoint now, Random& random) {
  // Dates are of one form, so their order is that of time; ids, which grow, tell apart what came within a second.
  std::ranges::stable_sort(log, [](const auto& a, const auto& b) {
    return std::tuple(a.date, a.id.size(), a.id) < std::tuple(b.date, b.id.size(), b.id);
  });
  std::vector<NewMessage> rows;
  for (formats::LoggedMessage& entry : log) {
    const auto at = formats::parse_log_date(entry.date);
    const auto did = Number::parse(entry.did);
    if (!entry.received || !at || *at < since || *at > now - settings.catch_up_after) continue;
    if (!did || directory.with_caller_id(*did).empty()) continue;
    const formats::CarrierMessage message{.id = std::move(entry.id),
                                          .from = std::move(entry.contact),
                                          .to = {std::move(entry.did)},
                                          .text = std::move(entry.text),
                                          .media_urls = std::move(entry.media_urls)};
    for (NewMessage& row : plan_inbound(message, "", directory, settings, now, random)) {
      row.source = Source::logged;
      row.logged_at = *at;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

void CatchUp::start() {
  if (world_.settings.catch_up_every > Duration::zero()) again_after(Duration::zero());
}

void CatchUp::again_after(Duration wait) {
  world_.loop.post_after(wait, [this] { look(); });
}

void CatchUp::look() {
  const auto born = world_.store.born();
  if (!born || world_.book.read()->accounts().empty()) {
    constexpr Duration kUntilTheDirectoryIsRead = std::chrono::seconds(1);
    return again_after(kUntilTheDirectoryIsRead);
  }
  const TimePoint now = world_.clock.now();
  const TimePoint since = std::max(*born, now - world_.settings.look_back);
  api_.find_received(since, now, [this, since](Result<Log> log) {
    world_.loop.post([this, since, log = std::move(log)]() mutable { on_log(std::move(log), since); });
  });
}

void CatchUp::on_log(Result<Log> log, TimePoint since) {
  if (!log) {
    // The first failure and every hour or so after it: an outage must not fill the log.
    constexpr int kSayEvery = 10;
    if (failures_++ % kSayEvery == 0) {
      world_.log.warning("cannot read from VoIP.ms what came while we were off: {}", log.error().detail);
    }
    return again_after(
        std::min(world_.settings.catch_up_every, world_.settings.carrier_policy.wait(failures_, world_.random)));
  }
  failures_ = 0;
  again_after(world_.settings.catch_up_every);
  auto rows =
      plan_catch_up(std::move(*log), *world_.book.read(), world_.settings, since, world_.clock.now(), world_.random);
  if (rows.empty()) return;
  world_.store.accept(std::move(rows), [this](const Result<store::Accepted>& accepted) {
    if (!accepted) return world_.log.error("what VoIP.ms has logged could not be stored: {}", accepted.error().detail);
    if (accepted->added == 0) return;
    world_.log.warning("{} messages were in VoIP.ms' log and nobody had told us", accepted->added);
    on_accepted_();
  });
}

}  // namespace mmsgate::gateway
