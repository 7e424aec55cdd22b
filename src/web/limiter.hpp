// SPDX-License-Identifier: Apache-2.0
// So many requests a minute for each client. On one thread.
#pragma once

#include <chrono>

#include "core/rate_limiter.hpp"
#include "formats/ip_address.hpp"

namespace mmsgate::web {

using Limiter = RateLimiter<formats::IpAddress>;

}  // namespace mmsgate::web
