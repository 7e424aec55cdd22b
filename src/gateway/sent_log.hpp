// SPDX-License-Identifier: Apache-2.0
// The sent half of VoIP.ms' log, compared with what we know to have sent. Pure but for the questions it is handed.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/directory.hpp"
#include "formats/voipms_answer.hpp"
#include "gateway/world.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

/// What the store knows.
struct SentBefore {
  std::function<bool(const std::string& result_id)> has_result;
  /// What went, or was to go, from `own` to `destination` in that time.
  std::function<std::vector<store::SentLine>(const std::string& own, const std::string& destination, TimePoint since,
                                             TimePoint until)>
      sent;
};

struct SentPlan {
  /// Sent by other means than ours (the portal, a phone's own SMS), to be kept for the record.
  std::vector<NewMessage> elsewhere;
  /// Ours, taken for lost, and not lost.
  std::vector<store::Outcome> found;
};

/// Of the log's entries from `since` to `until` that have been sent from numbers of our sub accounts. What is still
/// under way is left to its own next try, which asks the log itself.
[[nodiscard]] SentPlan plan_sent(const std::vector<formats::LoggedMessage>& log, const Directory& directory,
                                 const Settings& settings, const SentBefore& before, TimePoint since, TimePoint until,
                                 TimePoint now);

}  // namespace mmsgate::gateway
