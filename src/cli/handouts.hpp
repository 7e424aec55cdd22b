// SPDX-License-Identifier: Apache-2.0
// `mmsgate provision --list` and `--revoke`: the URLs that phones can fetch their configuration from. The URLs
// themselves are kept nowhere.
#pragma once

#include <string>
#include <vector>

#include "ops/config.hpp"

namespace mmsgate::cli {

/// Both answer 1 with a reason on standard error when the database cannot be had.
[[nodiscard]] int list_handouts(const ops::Config& config, bool json);
/// Those of these accounts, or all for "*".
[[nodiscard]] int revoke_handouts(const ops::Config& config, const std::vector<std::string>& accounts);

}  // namespace mmsgate::cli
