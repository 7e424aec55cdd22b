// SPDX-License-Identifier: Apache-2.0
// `mmsgate reconcile`: has the running gateway look now for what VoIP.ms has logged and never told.
#pragma once

#include "ops/config.hpp"

namespace mmsgate::cli {

/// `days`: how far back; 0: as the config says. Prints how many messages were found; 1 with a reason on standard error
/// when it cannot be done.
[[nodiscard]] int reconcile(const ops::Config& config, int days);

}  // namespace mmsgate::cli
