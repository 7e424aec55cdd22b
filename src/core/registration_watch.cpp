// SPDX-License-Identifier: Apache-2.0
#include "core/registration_watch.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate {
namespace {

/// When to look again: a while before the next one expires, so that it is seen whether he comes back by himself.
TimePoint next_look(const Sightings& seen, TimePoint now, const WatchOptions& options) {
  TimePoint next_expiry = now + options.longest;
  for (const auto& [key, one] : seen) {
    if (one.registration.expires_at) next_expiry = std::min(next_expiry, *one.registration.expires_at);
  }
  return now + std::min(options.longest, std::max(options.refresh, next_expiry - now - options.check));
}

void take(Sightings& seen, const std::vector<Registration>& listed, TimePoint now) {
  for (auto& [key, one] : seen) one.is_listed = false;
  for (const Registration& each : listed) {
    Sighting& one = seen[key_of(each)];
    one.registration = each;
    one.is_listed = true;
    one.was_due = one.was_due && is_over(each, now);
  }
}

}  // namespace

std::string key_of(const Registration& one) { return one.account + '@' + one.domain + ' ' + one.device; }

WatchPlan plan_watch(Sightings seen, const std::vector<Registration>* listed, TimePoint now,
                     const WatchOptions& options) {
  WatchPlan plan;
  if (listed == nullptr) {
    plan.seen = std::move(seen);
    plan.next_look = now + options.refresh;
    return plan;
  }
  take(seen, *listed, now);
  // Who expired while nobody could be asked is told of before he is forgotten, however long that was.
  std::erase_if(seen, [&](const auto& entry) {
    const Sighting& one = entry.second;
    return !one.is_listed && one.was_due && is_over(one.registration, now - options.forget);
  });
  for (auto& [key, one] : seen) {
    if (is_over(one.registration, now) && !std::exchange(one.was_due, true)) plan.due.push_back(key);
  }
  plan.next_look = next_look(seen, now, options);
  plan.seen = std::move(seen);
  return plan;
}

}  // namespace mmsgate
