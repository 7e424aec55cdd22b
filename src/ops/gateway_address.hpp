// SPDX-License-Identifier: Apache-2.0
// Where a proxy reaches the gateway, for what is written into the proxy's configuration. Pure; any thread.
#pragma once

#include "core/error.hpp"
#include "ops/config.hpp"

namespace mmsgate::ops {

/// rejected: it listens at all addresses, which does not say at which one the proxy reaches it, nor from which one it
/// speaks to the proxy (from none of 127.0.0.0/8, though the proxy be there: the SIP stack takes each interface's own).
[[nodiscard]] Result<bool> has_gateway_address(const Config& config);

}  // namespace mmsgate::ops
