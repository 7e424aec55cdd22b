// SPDX-License-Identifier: Apache-2.0
// What `mmsgate provision` asks VoIP.ms, and what of it is meant.
#pragma once

#include <string>
#include <vector>

#include "gateway/phone_setup.hpp"
#include "ops/config.hpp"

namespace mmsgate::cli {

/// The errors are VoIP.ms' in words.
[[nodiscard]] Result<gateway::CarrierLists> read_lists(const ops::Config& config);

/// Those of these names, or all for "*"; they point into `lists`. rejected: there is none of that name; says which
/// there are.
[[nodiscard]] Result<gateway::Accounts> choose(const gateway::CarrierLists& lists,
                                               const std::vector<std::string>& names);

}  // namespace mmsgate::cli
