// SPDX-License-Identifier: Apache-2.0
// What of VoIP.ms' log the store is told before anything of it is accepted (Store::note_log). Pure.
#pragma once

#include <vector>

#include "core/number.hpp"
#include "formats/voipms_answer.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

[[nodiscard]] inline std::vector<store::LoggedId> logged_ids(const std::vector<formats::LoggedMessage>& log) {
  std::vector<store::LoggedId> ids;
  for (const formats::LoggedMessage& entry : log) {
    if (entry.received) ids.push_back({"voipms", entry.id, peer_form(entry.did)});
  }
  return ids;
}

}  // namespace mmsgate::gateway
