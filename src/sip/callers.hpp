// SPDX-License-Identifier: Apache-2.0
// Who may speak to us. Where the config names nobody, it is this machine and the proxy, as they were at the start;
// their addresses may be others since: a name was moved, a network came up. So when a stranger comes, they are looked
// up anew, elsewhere and seldom. On the sip thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "formats/ip_address.hpp"
#include "runtime/mailbox.hpp"
#include "sip/endpoint.hpp"

namespace mmsgate::sip {

class Callers {
 public:
  using Clock = std::chrono::steady_clock;
  using Networks = std::vector<formats::IpNetwork>;
  /// Between two looks, at least: strangers come as often as they like.
  static constexpr std::chrono::minutes kPause{1};
  /// A name may have more addresses than an answer tells of: one that is missing stays good for so long.
  static constexpr std::chrono::hours kStays{24};

  Callers(const Networks& known, LookUpCallers look_up) : look_up_(std::move(look_up)) { learn(known, {}); }

  [[nodiscard]] bool has(const std::string& source, Clock::time_point now) const;
  [[nodiscard]] bool has(const formats::IpAddress& source, Clock::time_point now) const;
  /// `source` was refused. `still` is called when it is a stranger for all we know: now, or when it was looked up.
  void refused(const std::string& source, Clock::time_point now, const std::shared_ptr<runtime::Mailbox>& sip_thread,
               std::function<void(const std::string&)> still);
  /// These were found. None: it cannot be found out, and all stay as they are.
  void learn(const Networks& found, Clock::time_point now);

 private:
  struct Known {
    [[nodiscard]] bool is_good(Clock::time_point now) const { return !missing_since || now - *missing_since <= kStays; }

    formats::IpNetwork network;
    std::optional<Clock::time_point> missing_since;
  };

  std::vector<Known> known_;
  const LookUpCallers look_up_;  ///< Empty: they are those that they are.
  Clock::time_point next_look_ = Clock::time_point::min();
  /// Gone before all else of this: what is found late finds nobody.
  std::shared_ptr<void> alive_ = std::make_shared<char>();
};

}  // namespace mmsgate::sip
