// SPDX-License-Identifier: Apache-2.0
#include "gateway/catch_up.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "gateway/follow_up.hpp"
#include "gateway/inbound.hpp"
#include "gateway/logged_ids.hpp"
#include "gateway/sent_log.hpp"

namespace mmsgate::gateway {

std::vector<NewMessage> plan_catch_up(std::vector<formats::LoggedMessage> log, const Directory& directory,
                                      const Settings& settings, TimePoint since, TimePoint until, TimePoint now,
                                      Random& random) {
  // Dates are of one form, so their order is that of time; ids, which grow, tell apart what came within a second.
  std::ranges::stable_sort(log, [](const auto& a, const auto& b) {
    return std::tuple(a.date, a.id.size(), a.id) < std::tuple(b.date, b.id.size(), b.id);
  });
  std::vector<NewMessage> rows;
  for (formats::LoggedMessage& entry : log) {
    const auto at = formats::parse_log_date(entry.date);
    const auto did = Number::parse(entry.did);
    if (!entry.received || !at || *at < since || *at > until) continue;
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
  if (world_.settings.read()->catch_up_every > Duration::zero()) again_after(Duration::zero());
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
  // What is younger may still have its web hook on its way.
  const auto settings = world_.settings.read();
  const Span span{std::max(*born, world_.clock.now() - settings->look_back), settings->catch_up_after};
  read(span, [this](const Result<CaughtUp>& added) { world_.loop.post([this, added] { on_found(added); }); });
}

void CatchUp::look_now(std::optional<Duration> back, Found found) {
  world_.loop.post([this, back, found = std::move(found)] {
    if (world_.book.read()->accounts().empty()) {
      return found(fail(ErrorKind::transient, "the sub accounts have not been read from VoIP.ms yet"));
    }
    const auto born = world_.store.born();
    if (!born) return found(std::unexpected(born.error()));
    const TimePoint now = world_.clock.now();
    read({back ? now - *back : std::max(*born, now - world_.settings.read()->look_back), Duration::zero()}, found);
  });
}

void CatchUp::read(Span span, Found found) {
  api_.find_received(span.since, world_.clock.now(), [this, span, found = std::move(found)](Result<Log> log) {
    if (!log) return found(std::unexpected(log.error()));
    world_.loop.post([this, span, found, log = *std::move(log)]() mutable { take(std::move(log), span, found); });
  });
}

void CatchUp::take(Log log, Span span, const Found& found) {
  const TimePoint now = world_.clock.now();
  world_.store.note_log(logged_ids(log), [](const Result<bool>&) {});  // when it cannot, what follows cannot either
  auto rows = plan_catch_up(std::move(log), *world_.book.read(), *world_.settings.read(), span.since, now - span.age,
                            now, world_.random);
  world_.store.accept(std::move(rows), [this, span, found](const Result<store::Accepted>& accepted) {
    if (!accepted) return found(std::unexpected(accepted.error()));
    if (accepted->added > 0) {
      world_.log.warning("{} messages were in VoIP.ms' log and nobody had told us", accepted->added);
      on_accepted_();
    }
    read_sent(span, {.received = accepted->added}, found);
  });
}

void CatchUp::read_sent(Span span, CaughtUp so_far, Found found) {
  if (!world_.settings.read()->catch_up_sent) return found(so_far);
  api_.find_all_sent(span.since, world_.clock.now(), [this, span, so_far, found = std::move(found)](Result<Log> log) {
    if (!log) return found(std::unexpected(log.error()));
    world_.loop.post([this, span, so_far, found, log = *std::move(log)] { take_sent(log, span, so_far, found); });
  });
}

void CatchUp::take_sent(const Log& log, Span span, CaughtUp so_far, const Found& found) {
  const TimePoint now = world_.clock.now();
  // What cannot be asked counts as known: the next look asks again.
  const SentBefore before{
      .has_result = [this](const std::string& id) { return world_.store.has_result(id).value_or(true); },
      .sent =
          [this](const std::string& own, const std::string& destination, TimePoint since, TimePoint until) {
            return world_.store.sent(own, destination, since, until).value_or(std::vector<store::SentLine>{});
          }};
  SentPlan plan = plan_sent(log, *world_.book.read(), *world_.settings.read(), before, span.since, now - span.age, now);
  for (store::Outcome& outcome : plan.found) {
    world_.log.warning("a delivery that was given up had been sent: {}", outcome.reason);
    world_.store.record(std::move(outcome), now, news(), [](const Result<store::Recorded>&) {});
  }
  so_far.found = static_cast<int>(plan.found.size());
  world_.store.accept(std::move(plan.elsewhere), [this, so_far, found](const Result<store::Accepted>& accepted) {
    if (!accepted) return found(std::unexpected(accepted.error()));
    CaughtUp caught_up = so_far;
    caught_up.sent_elsewhere = accepted->added;
    if (caught_up.found + caught_up.sent_elsewhere > 0) on_accepted_();
    found(caught_up);
  });
}

store::FollowUp CatchUp::news() {
  return [this](const store::Recorded& outcome) {
    return follow_up(outcome, *world_.settings.read(), world_.clock.now(), world_.random);
  };
}

void CatchUp::on_found(const Result<CaughtUp>& added) {
  if (added) {
    failures_ = 0;
    return again_after(world_.settings.read()->catch_up_every);
  }
  // The first failure and every hour or so after it: an outage must not fill the log.
  constexpr int kSayEvery = 10;
  if (failures_++ % kSayEvery == 0) {
    world_.log.warning("cannot catch up with what came while we were off: {}", added.error().detail);
  }
  const auto settings = world_.settings.read();
  again_after(std::min(settings->catch_up_every, settings->carrier_policy.wait(failures_, world_.random)));
}

}  // namespace mmsgate::gateway
