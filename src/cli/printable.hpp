// SPDX-License-Identifier: Apache-2.0
// What strangers wrote, made fit to be shown to a person. Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>

#include "formats/printable.hpp"

namespace mmsgate::cli {

using formats::printable;

/// Names and reasons may hold what strangers wrote: what is no UTF-8 does not stop the listing, and what is not ASCII
/// is escaped, so that this does not talk to a terminal either. `indent`: -1 for one line.
void print_json(const nlohmann::ordered_json& json, int indent = 2);

}  // namespace mmsgate::cli
