// SPDX-License-Identifier: Apache-2.0
// `mmsgate serve`: runs the gateway until SIGTERM or SIGINT.
#pragma once

#include "ops/config.hpp"

namespace mmsgate::cli {

/// 0: it was asked to end. 1: it could not start; the reason is on standard error and in the log.
[[nodiscard]] int serve(const ops::Config& config);

}  // namespace mmsgate::cli
