// SPDX-License-Identifier: Apache-2.0
// What strangers wrote, made fit to be shown to a person. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mmsgate::cli {

/// Nothing that a stranger named may talk to the terminal or turn its writing round: control characters and those that
/// change the direction become '?', what is not UTF-8 becomes U+FFFD.
[[nodiscard]] std::string printable(std::string_view text);

/// Names and reasons may hold what strangers wrote: what is no UTF-8 does not stop the listing, and what is not ASCII
/// is escaped, so that this does not talk to a terminal either. `indent`: -1 for one line.
void print_json(const nlohmann::ordered_json& json, int indent = 2);

}  // namespace mmsgate::cli
