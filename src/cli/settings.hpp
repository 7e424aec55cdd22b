// SPDX-License-Identifier: Apache-2.0
// The config as the journeys want it. Pure; any thread.
#pragma once

#include "gateway/world.hpp"
#include "ops/config.hpp"

namespace mmsgate::cli {

/// All but `proxy_route`, which has to be looked up.
[[nodiscard]] gateway::Settings settings_from(const ops::Config& config);

}  // namespace mmsgate::cli
