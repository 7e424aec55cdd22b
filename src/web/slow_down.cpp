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
/// That may fail at once for an account at an address, and how long it takes until one more may: 152 in a day.
constexpr int kProofs = 8;
constexpr std::chrono::minutes kNextProof{10};

}  // namespace

SlowDown::SlowDown(std::size_t most)
    : by_device_(most),
      by_both_(most),
      by_client_(most),
      by_account_(most),
      failed_proofs_(kProofs, kProofs * kNextProof, most),
      at_home_(most) {}

std::optional<std::chrono::seconds> SlowDown::wait(const Device& device, Clock::time_point now) const {
  Clock::duration left{};
  if (at_home_.has(device)) {
    left = by_device_.wait(device, kFree, now);
  } else {
    const bool is_attacked = by_account_.count(device.account, now) > kAttack;
    left = std::max(by_both_.wait({device.home, device.account}, is_attacked ? kFreeUnderAttack : kFree, now),
                    by_client_.wait(device.home, kFreeOfClient, now));
  }
  if (left <= Clock::duration{}) return std::nullopt;
  return std::max(std::chrono::seconds(1), std::chrono::ceil<std::chrono::seconds>(left));
}

bool SlowDown::may_prove(const Device& device, Clock::time_point now) const {
  return by_device_.count(device, now) == 0 && failed_proofs_.has_left({device.home, device.account}, now);
}

void SlowDown::wrong(const Device& device, Clock::time_point now) {
  by_device_.add(device, now);
  by_both_.add({device.home, device.account}, now);
  by_client_.add(device.home, now);
  by_account_.add(device.account, now);
}

void SlowDown::proved_nothing(const Device& device, Clock::time_point now) {
  by_device_.add(device, now);
  static_cast<void>(failed_proofs_.take({device.home, device.account}, now));
}

void SlowDown::right(const Device& device, Clock::time_point now) {
  const Both both{device.home, device.account};
  by_device_.forget(device);
  by_both_.forget(both);
  at_home_.add(device, now);
}

}  // namespace mmsgate::web
