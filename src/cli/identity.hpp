// SPDX-License-Identifier: Apache-2.0
// Whose command it is when root types it. Main thread, before there are others.
#pragma once

#include <string>

#include "core/error.hpp"

namespace mmsgate::cli {

/// The user whom the package makes for the gateway (packaging/mmsgate.sysusers).
inline constexpr const char* kGatewayUser = "mmsgate";

/// What a command may do when root types it.
enum class Rights {
  gateways,  ///< What the gateway may: what is made belongs to it.
  callers,   ///< What root may: for what asks the proxy or writes its files, and changes nothing of the gateway's.
};

/// Where root types a command, and the config is the gateway's user's or its group's: `~` is that user's home, as it is
/// for the service, and by Rights::gateways this process is that user from now on. Else nothing changes.
[[nodiscard]] Result<bool> go_by_the_gateway(const std::string& config_file, Rights rights);

}  // namespace mmsgate::cli
