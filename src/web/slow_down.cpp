// SPDX-License-Identifier: Apache-2.0
#include "web/slow_down.hpp"

#include <algorithm>

namespace mmsgate::web {
namespace {

// So many wrong tries cost nothing: people mistype, and phones repeat themselves.
constexpr int kFree = 3;
constexpr int kFreeUnderAttack = 1;
constexpr int kFreeOfClient = 10;  // several phones of a house have one address
/// Wrong tries at an account, from wherever, that are more than a person's own.
constexpr int kAttack = 30;

}  // namespace

std::optional<std::chrono::seconds> SlowDown::wait(const formats::IpAddress& client, const std::string& account,
                                                   Clock::time_point now) const {
  const formats::IpAddress home = client.household();
  const bool is_attacked = by_account_.count(account, now) > kAttack;
  const Both both{home, account};
  Clock::duration left = by_both_.wait(both, is_attacked ? kFreeUnderAttack : kFree, now);
  if (!at_home_.has(both)) left = std::max(left, by_client_.wait(home, kFreeOfClient, now));
  if (left <= Clock::duration{}) return std::nullopt;
  return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(left));
}

void SlowDown::wrong(const formats::IpAddress& client, const std::string& account, Clock::time_point now) {
  const formats::IpAddress home = client.household();
  by_both_.add({home, account}, now);
  by_client_.add(home, now);
  by_account_.add(account, now);
}

void SlowDown::right(const formats::IpAddress& client, const std::string& account, Clock::time_point now) {
  const Both both{client.household(), account};
  by_both_.forget(both);
  at_home_.add(both, now);
}

}  // namespace mmsgate::web
