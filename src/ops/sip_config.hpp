// SPDX-License-Identifier: Apache-2.0
// The section [sip] of the config. Used while reading, on one thread.
#pragma once

#include "core/error.hpp"
#include "ops/config.hpp"
#include "ops/values.hpp"

namespace mmsgate::ops {

/// rejected: "FILE:LINE: [sip] NAME ...", with what is wrong.
[[nodiscard]] Result<bool> fill_sip(Config& config, const Values& values);

}  // namespace mmsgate::ops
