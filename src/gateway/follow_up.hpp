// SPDX-License-Identifier: Apache-2.0
// Who is told what when a delivery has ended: the ticks and the notice on the sender's phone, and the word to a
// stranger whose message reached nobody. Pure; called inside the store's transaction, so that an outcome and its news
// are stored together or not at all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/message.hpp"
#include "core/random.hpp"
#include "core/time.hpp"
#include "gateway/world.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

/// Notices and receipts are never followed by others: no loop can begin here.
[[nodiscard]] std::vector<NewMessage> follow_up(const store::Recorded& outcome, const Settings& settings, TimePoint now,
                                                Random& random);

/// Tells the one who wrote to us, by SMS, that nobody got it; nothing where that is not wanted or would not be read.
[[nodiscard]] std::optional<NewMessage> word_to_stranger(const std::string& own, const std::string& peer,
                                                         TimePoint accepted_at, const Settings& settings,
                                                         TimePoint now);

/// A text from `peer` to the phone of `account`, in the gateway's own words. `key` makes it one: the same again is
/// dropped.
[[nodiscard]] NewMessage make_notice(std::string key, std::string own, std::string peer, const std::string& account,
                                     std::string text, TimePoint now, Random& random);

}  // namespace mmsgate::gateway
