// SPDX-License-Identifier: Apache-2.0
#include "gateway/deliveries.hpp"

#include <algorithm>
#include <utility>

#include "gateway/follow_up.hpp"

namespace mmsgate::gateway {
namespace {

/// What cannot be written down is kept in memory and tried again so often; it is under way in the store all the while.
constexpr Duration kRecordPause = std::chrono::seconds(1);
/// Where only a person or a quota can help, asking each minute only fills the log.
constexpr Duration kSlowWait = std::chrono::minutes(10);
/// Ticks of yesterday are of no use to anyone.
constexpr Duration kReceiptLife = std::chrono::hours(24);

}  // namespace

struct Deliveries::Try {
  store::Job job;
  int registrations = 0;  ///< Of its account, when it began.
  Duration stepped{};     ///< The clock's, when it began.
  bool counted = true;    ///< Still in the pump's count.
};

Deliveries::Deliveries(World world)
    : world_(world),
      flows_{
          Flow{Pump(world.loop, world.clock, world.settings.read()->phones_at_once,
                    [this](int limit, Pump::Claimed claimed) { claim(Target::phone, limit, std::move(claimed)); })},
          Flow{Pump(world.loop, world.clock, world.settings.read()->carrier_at_once,
                    [this](int limit, Pump::Claimed claimed) { claim(Target::carrier, limit, std::move(claimed)); })}},
      receipt_policy_(world.settings.read()->phone_policy),
      behind_lines_(world.clock, std::chrono::minutes(10)) {
  receipt_policy_.give_up_after = std::min(receipt_policy_.give_up_after, kReceiptLife);
}

void Deliveries::start(Sender& phones, Sender& carrier) {
  world_.loop.post([this, &phones, &carrier] {
    flow(Target::phone).sender = &phones;
    flow(Target::carrier).sender = &carrier;
    const TimePoint now = world_.clock.now();
    // A call that our end has cut off may still be done over there.
    const TimePoint settled = now + world_.settings.read()->carrier_settles;
    world_.store.recover(now, settled, [this, &phones, &carrier](const Result<int>& recovered) {
      if (recovered) {
        if (*recovered > 0)
          world_.log.info("{} deliveries were cut off by the last stop and are tried again", *recovered);
        poke(Target::phone);
        poke(Target::carrier);
        return;
      }
      world_.log.error("cannot put the last stop right: {}", recovered.error().detail);
      world_.loop.post_after(kRecordPause, [this, &phones, &carrier] { start(phones, carrier); });
    });
  });
}

void Deliveries::stop() {
  world_.loop.post([this] {
    for (Flow& each : flows_) each.pump.stop();
  });
}

void Deliveries::claim(Target target, int limit, Pump::Claimed claimed) {
  if (flow(target).sender == nullptr) return claimed(Pump::Batch{});
  const int count_to = flow(target).backlog.count_to(world_.clock.steady());
  world_.store.claim(target, limit, world_.clock.now(), count_to,
                     [this, target, limit, claimed = std::move(claimed)](Result<store::Claimed> got) {
                       world_.loop.post([this, target, limit, claimed, got = std::move(got)]() mutable {
                         if (!got) {
                           world_.log.error("cannot take deliveries from the store: {}", got.error().detail);
                           return claimed(std::unexpected(got.error()));
                         }
                         look_whether_behind(target, std::ssize(got->jobs) == limit, got->ready);
                         // The pump counts them before one can end.
                         const Pump::Batch batch{static_cast<int>(got->jobs.size()), got->next_due};
                         std::vector<store::Job> jobs = std::move(got->jobs);
                         claimed(batch);
                         for (store::Job& job : jobs) begin(std::move(job));
                       });
                     });
}

// What is accepted all the same would wait the longer, without end, until the disk is full.
void Deliveries::look_whether_behind(Target target, bool is_full, int ready) {
  flow(target).backlog.claimed(world_.clock.steady(), is_full, ready);
  const bool is_behind = flow(target).backlog.is_behind();
  if (flow(target).is_behind.exchange(is_behind) == is_behind) return;
  if (is_behind && behind_lines_.is_time()) {
    world_.log.warning(
        "more messages come for {} than can be sent on: new ones are refused (503) until those that wait have gone; "
        "whoever sent them is told to come again (this is said once in ten minutes)",
        target == Target::phone ? "phones" : "VoIP.ms");
  }
}

void Deliveries::begin(store::Job job) {
  Sender& sender = *flow(job.target).sender;
  const int registrations = registrations_of(job.destination);
  auto attempt = std::make_shared<Try>(
      Try{.job = std::move(job), .registrations = registrations, .stepped = world_.clock.stepped()});
  Report report;
  report.in_hand = [this, attempt] { world_.loop.post([this, attempt] { in_hand(attempt); }); };
  report.ended = [this, attempt](Verdict verdict) {
    world_.loop.post([this, attempt, verdict = std::move(verdict)]() mutable { ended(attempt, std::move(verdict)); });
  };
  sender.send(attempt->job, std::move(report));
}

void Deliveries::in_hand(const std::shared_ptr<Try>& attempt) {
  if (!std::exchange(attempt->counted, false)) return;
  // A lane that cannot be freed now is freed by the outcome.
  world_.store.free_lane(attempt->job.id, world_.clock.now(), [](const Result<bool>&) {});
  freed(attempt->job.target);
}

void Deliveries::freed(Target target) {
  flow(target).backlog.gone();
  flow(target).pump.finished();
}

void Deliveries::ended(const std::shared_ptr<Try>& attempt, Verdict verdict) {
  const store::Job& job = attempt->job;
  world_.log.debug("message {} delivery {} try {}: {} ({})", job.message.value, job.id.value, job.tries,
                   to_string(verdict.event), verdict.reason);
  store::Outcome outcome = judge(*attempt, std::move(verdict));
  const bool is_lost = outcome.event == Event::refused || outcome.event == Event::expired;
  record(std::move(outcome));
  // The store takes commands in order: what the outcome frees is there when the next claim comes.
  if (std::exchange(attempt->counted, false)) {
    freed(job.target);
  } else {
    poke(job.target);
  }
  // What tells the sender has another way than what it tells of.
  if (job.target == Target::carrier) poke(Target::phone);
  if (job.target == Target::phone && is_lost) poke(Target::carrier);
}

store::Outcome Deliveries::judge(const Try& attempt, Verdict verdict) {
  const store::Job& job = attempt.job;
  store::Outcome outcome{.id = job.id,
                         .event = verdict.event,
                         .reason = std::move(verdict.reason),
                         .result_id = std::move(verdict.result_id),
                         // No phone says of a tick that it has it, so that nobody would know which are lost.
                         .kept = verdict.kept && job.kind != Kind::receipt};
  if (outcome.event != Event::postponed) return outcome;
  const RetryPolicy policy = policy_for(job);
  const TimePoint now = world_.clock.now();
  if (verdict.unclear && job.tries >= policy.tries_when_unclear) {
    outcome.event = Event::refused;
    return outcome;
  }
  const TimePoint accepted_at = job.accepted_at + (world_.clock.stepped() - attempt.stepped);
  outcome.next_try = policy.next_try(job.tries, accepted_at, now, world_.random);
  if (!outcome.next_try) {
    outcome.event = Event::expired;
    return outcome;
  }
  if (verdict.unsettled) outcome.next_try = std::max(*outcome.next_try, now + world_.settings.read()->carrier_settles);
  if (verdict.slow) outcome.next_try = std::max(*outcome.next_try, now + kSlowWait);
  const bool came_meanwhile = registrations_of(job.destination) != attempt.registrations;
  if (job.target == Target::phone && came_meanwhile) outcome.next_try = now;
  return outcome;
}

void Deliveries::record(store::Outcome outcome) {
  store::Outcome copy = outcome;
  world_.store.record(std::move(outcome), world_.clock.now(), news(),
                      [this, copy = std::move(copy)](const Result<store::Recorded>& recorded) mutable {
                        if (recorded) return;
                        world_.log.error("cannot write down what became of delivery {}: {}", copy.id.value,
                                         recorded.error().detail);
                        world_.loop.post_after(kRecordPause, [this, copy = std::move(copy)]() mutable {
                          record(std::move(copy));
                          for (Flow& each : flows_) each.pump.poke();
                        });
                      });
}

void Deliveries::on_registered(const std::string& account) {
  if (world_.book.read()->find(account) == nullptr) return;  // what strangers call themselves is not remembered
  world_.loop.post([this, account] {
    Presence& presence = presences_[account];
    ++presence.registrations;
    // The store has one look for each account at most, however often its phone registers or types.
    if (presence.looks) {
      presence.comes_again = true;
    } else {
      look_for(account);
    }
  });
}

void Deliveries::look_for(const std::string& account) {
  presences_[account].looks = true;
  world_.store.release(account, world_.clock.now(), [this, account](const Result<int>& released) {
    if (released && *released > 0) poke(Target::phone);
    world_.loop.post([this, account] {
      Presence& presence = presences_[account];
      presence.looks = false;
      // What fell asleep after the look began is woken by another.
      if (std::exchange(presence.comes_again, false)) look_for(account);
    });
  });
}

int Deliveries::registrations_of(const std::string& account) const {
  const auto known = presences_.find(account);
  return known == presences_.end() ? 0 : known->second.registrations;
}

void Deliveries::on_proxy(std::string name) {
  world_.loop.post([this, name = std::move(name)]() mutable {
    proxy_ = std::move(name);
    note_proxy();
  });
}

void Deliveries::note_proxy() {
  const TimePoint now = world_.clock.now();
  const Duration keeps = world_.settings.read()->proxy_keeps;
  const TimePoint since = keeps == Duration::zero() ? TimePoint::max() : now - keeps;
  world_.store.note_proxy(proxy_, now, since, [this, name = proxy_](const Result<std::optional<int>>& lost) {
    if (!lost) {
      world_.log.error("cannot write down that the proxy is {}: {}", name, lost.error().detail);
      return world_.loop.post_after(kRecordPause, [this, name] {
        // A former life that was written down after a later one would look like the newest.
        if (proxy_ == name) note_proxy();
      });
    }
    if (!*lost) return;
    world_.log.info("the proxy was started anew ({}); {} messages that it had kept for phones are sent again", name,
                    **lost);
    poke(Target::phone);
  });
}

void Deliveries::on_receipt(store::HandsetWord word, std::function<void(Result<bool>)> done) {
  world_.store.receipt(std::move(word), world_.clock.now(), news(),
                       [this, done = std::move(done)](const Result<store::Recorded>& recorded) {
                         if (!recorded) return done(std::unexpected(recorded.error()));
                         if (recorded->changed) poke(Target::phone);
                         done(recorded->changed);
                       });
}

RetryPolicy Deliveries::policy_for(const store::Job& job) const {
  if (job.kind == Kind::receipt) return receipt_policy_;
  const auto settings = world_.settings.read();
  return job.target == Target::phone ? settings->phone_policy : settings->carrier_policy;
}

store::FollowUp Deliveries::news() {
  return [this](const store::Recorded& outcome) {
    return follow_up(outcome, *world_.settings.read(), world_.clock.now(), world_.random);
  };
}

}  // namespace mmsgate::gateway
