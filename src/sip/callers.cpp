// SPDX-License-Identifier: Apache-2.0
#include "sip/callers.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate::sip {

bool Callers::has(const std::string& source) const {
  const auto address = formats::IpAddress::parse(source);
  return address ? has(*address) : known_.empty();
}

bool Callers::has(const formats::IpAddress& source) const {
  return known_.empty() || std::ranges::any_of(known_, [&](const auto& each) { return each.has(source); });
}

void Callers::refused(const std::string& source, Clock::time_point now,
                      const std::shared_ptr<runtime::Mailbox>& sip_thread,
                      std::function<void(const std::string&)> still) {
  if (!look_up_ || now < next_look_) return still(source);
  next_look_ = now + kPause;
  look_up_([this, source, sip_thread, still = std::move(still), alive = std::weak_ptr(alive_)](Networks found) mutable {
    sip_thread->post([this, source, still = std::move(still), alive, found = std::move(found)]() mutable {
      if (alive.expired()) return;
      learn(std::move(found));
      if (!has(source)) still(source);
    });
  });
}

/// Nobody found would let everybody in.
void Callers::learn(Networks networks) {
  if (!networks.empty()) known_ = std::move(networks);
}

}  // namespace mmsgate::sip
