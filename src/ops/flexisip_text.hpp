// SPDX-License-Identifier: Apache-2.0
// What is to stand in Flexisip's two files, to be pasted, each line with its reason. Pure; any thread.
#pragma once

#include <string>

#include "ops/flexisip_wanted.hpp"

namespace mmsgate::ops {

/// What Flexisip does by itself is left out.
[[nodiscard]] std::string flexisip_config_text(const Config& config, const FlexisipAround& around);
[[nodiscard]] std::string flexisip_routes_text(const Config& config);

}  // namespace mmsgate::ops
