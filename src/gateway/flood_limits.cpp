// SPDX-License-Identifier: Apache-2.0
#include "gateway/flood_limits.hpp"

namespace mmsgate::gateway {

std::optional<std::chrono::seconds> FloodLimits::anything(const std::string& account) {
  constexpr int kAsManyAsMessages = 100;
  return take(anything_, kAsManyAsMessages, account);
}

std::optional<std::chrono::seconds> FloodLimits::message(const std::string& account) {
  return take(messages_, 1, account);
}

std::optional<std::chrono::seconds> FloodLimits::take(Limit& limit, int times, const std::string& account) {
  const auto settings = world_.settings.read();
  const TimePoint now = world_.clock.steady();
  limit.each.set_most(settings->phone_rate * times);
  limit.all.set_most(settings->phone_rate_all * times);
  auto wait = limit.each.take(account, now);
  const bool is_its_own = wait.has_value();
  if (!wait) wait = limit.all.take(0, now);
  if (wait && lines_.is_time()) {
    world_.log.warning(
        "{} sends more than may come in a minute ({} in section [sip]) and is told to send again later (this is said "
        "once in ten minutes)",
        account, is_its_own ? "siprate" : "siprateall");
  }
  return wait;
}

}  // namespace mmsgate::gateway
