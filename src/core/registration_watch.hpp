// SPDX-License-Identifier: Apache-2.0
// What somebody who watches registrations shows, whom he wakes, and when he looks next. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/registration.hpp"

namespace mmsgate {

struct WatchOptions {
  Duration refresh = std::chrono::seconds(30);    ///< Between two looks, at least.
  Duration check = std::chrono::seconds(120);     ///< The next look is so long before somebody expires.
  Duration forget = std::chrono::seconds(120);    ///< Who has expired and is not listed any more is shown so long.
  Duration longest = std::chrono::seconds(3600);  ///< Between two looks, at most.
};

/// A phone that was seen, and what is known of it since.
struct Sighting {
  Registration registration;
  bool is_listed = true;  ///< It was there at the last look.
  bool was_due = false;   ///< It has expired, somebody was told so, and it has not been back since.

  bool operator==(const Sighting&) const = default;
};
/// By key_of().
using Sightings = std::map<std::string, Sighting>;

[[nodiscard]] std::string key_of(const Registration& one);

struct WatchPlan {
  Sightings seen;                ///< To show, and to hand in at the next look.
  std::vector<std::string> due;  ///< Of these, who has expired since he was there last: once an expiry.
  TimePoint next_look;
};

/// `listed`: who is there now. Null: nobody could be asked; then nobody is due or forgotten, and it is looked again
/// soon.
[[nodiscard]] WatchPlan plan_watch(Sightings seen, const std::vector<Registration>* listed, TimePoint now,
                                   const WatchOptions& options);

}  // namespace mmsgate
