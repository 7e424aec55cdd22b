// SPDX-License-Identifier: Apache-2.0
// `mmsgate serve`: runs the gateway until SIGTERM or SIGINT. SIGHUP: opens the log file anew and reads the config again
// for how much is logged; all else in it takes effect at the next start.
#pragma once

#include <functional>

#include "ops/config.hpp"

namespace mmsgate::cli {

/// `read_again`: the config as its file has it now. 0: it was asked to end. 1: it could not start; the reason is on
/// standard error and in the log.
[[nodiscard]] int serve(const ops::Config& config, const std::function<Result<ops::Config>()>& read_again);

}  // namespace mmsgate::cli
