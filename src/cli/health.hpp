// SPDX-License-Identifier: Apache-2.0
// `mmsgate health`: whether the running gateway is well, as /healthz says it, without knowing its port or certificate.
#pragma once

#include "ops/config.hpp"

namespace mmsgate::cli {

/// Prints "ok". 1 with a reason on standard error when none runs, it does not answer, or something is wrong.
[[nodiscard]] int health(const ops::Config& config);

}  // namespace mmsgate::cli
