// SPDX-License-Identifier: Apache-2.0
#include "sip/callers.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate::sip {

bool Callers::has(const std::string& source, Clock::time_point now) const {
  const auto address = formats::IpAddress::parse(source);
  return address ? has(*address, now) : known_.empty();
}

/// Whoever has become a stranger since the last look is refused, which causes the next one.
bool Callers::has(const formats::IpAddress& source, Clock::time_point now) const {
  return known_.empty() ||
         std::ranges::any_of(known_, [&](const Known& each) { return each.is_good(now) && each.network.has(source); });
}

void Callers::refused(const std::string& source, Clock::time_point now,
                      const std::shared_ptr<runtime::Mailbox>& sip_thread,
                      std::function<void(const std::string&)> still) {
  if (!look_up_ || now < next_look_) return still(source);
  next_look_ = now + kPause;
  look_up_([this, source, sip_thread, still = std::move(still), alive = std::weak_ptr(alive_)](Networks found) mutable {
    sip_thread->post([this, source, still = std::move(still), alive, found = std::move(found)]() mutable {
      if (alive.expired()) return;
      const auto then = Clock::now();
      learn(found, then);
      if (!has(source, then)) still(source);
    });
  });
}

void Callers::learn(const Networks& found, Clock::time_point now) {
  if (found.empty()) return;  // nobody known would let everybody in
  for (Known& each : known_) {
    if (std::ranges::find(found, each.network) != found.end()) {
      each.missing_since.reset();
    } else if (!each.missing_since) {
      each.missing_since = now;
    }
  }
  std::erase_if(known_, [now](const Known& each) { return !each.is_good(now); });
  for (const formats::IpNetwork& network : found) {
    const bool is_known = std::ranges::any_of(known_, [&](const Known& each) { return each.network == network; });
    if (!is_known) known_.push_back({.network = network, .missing_since = {}});
  }
}

}  // namespace mmsgate::sip
