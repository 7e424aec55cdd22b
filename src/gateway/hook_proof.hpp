// SPDX-License-Identifier: Apache-2.0
// What VoIP.ms' own log says to what somebody has told us. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "formats/carrier_message.hpp"
#include "formats/voipms_answer.hpp"
#include "gateway/world.hpp"

namespace mmsgate::gateway {

/// How far back an entry may lie: as long as a web hook may be tried again.
inline constexpr auto kProofBack = std::chrono::hours(48);

/// The entries of the log that are the message that was told, as what is to be stored: those with its id, or else those
/// with its number, sender, text and count of media, and not too long ago. What is stored is what the log says, never
/// what was told: so nobody can make anything up, and who tells us something that is true has told us nothing new.
/// Those that were not found by the id are stored as found in the log, so that the store knows their twins. Empty: the
/// log does not show it.
[[nodiscard]] std::vector<NewMessage> plan_proven(const formats::CarrierMessage& told, std::string_view raw,
                                                  const std::vector<formats::LoggedMessage>& log,
                                                  const Directory& directory, const Settings& settings, TimePoint now,
                                                  Random& random);

}  // namespace mmsgate::gateway
