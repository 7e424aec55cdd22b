// SPDX-License-Identifier: Apache-2.0
// The config as the journeys want it. Pure; any thread.
#pragma once

#include <string>

#include "gateway/world.hpp"
#include "ops/config.hpp"
#include "voipms/api.hpp"

namespace mmsgate::cli {

/// What we call ourselves to others: "mmsgate/1.2.3".
[[nodiscard]] std::string user_agent();

[[nodiscard]] voipms::Credentials credentials_from(const ops::Config& config);

/// All but `proxy_route`, which has to be looked up.
[[nodiscard]] gateway::Settings settings_from(const ops::Config& config);

}  // namespace mmsgate::cli
