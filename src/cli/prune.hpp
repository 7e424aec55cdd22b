// SPDX-License-Identifier: Apache-2.0
// `mmsgate prune`: has the running gateway remove now what it removes once a day.
#pragma once

#include "ops/config.hpp"

namespace mmsgate::cli {

/// `is_rehearsal`: only says what would go. 1 with a reason on standard error when it cannot be done.
[[nodiscard]] int prune(const ops::Config& config, bool is_rehearsal);

}  // namespace mmsgate::cli
