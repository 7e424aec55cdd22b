// SPDX-License-Identifier: Apache-2.0
// Whose command it is when root types it. Main thread, before there are others.
#pragma once

#include <optional>
#include <string>

#include "core/error.hpp"
#include "runtime/user.hpp"

namespace mmsgate::cli {

/// The user whom the package makes for the gateway (packaging/mmsgate.sysusers).
inline constexpr const char* kGatewayUser = "mmsgate";

/// What a command may do when root types it.
enum class Rights {
  gateways,  ///< What the gateway may: what is made belongs to it.
  /// What root may: for what asks the proxy or writes its files, and changes nothing of the gateway's. Only with a
  /// config that nobody but root may change, since it names a program to run (flexisippath). What the gateway's user
  /// may have put there, such as the database, is opened with that user's rights: PlainLook.
  callers,
};

/// Where root types a command, and the config is the gateway's user's or its group's: `~` is that user's home, as it is
/// for the service, and by Rights::gateways this process is that user from now on. Else nothing changes.
[[nodiscard]] Result<bool> go_by_the_gateway(const std::string& config_file, Rights rights);

/// While it lives, a command that has kept root's rights looks at what is the gateway's as the gateway's user.
class PlainLook {
 public:
  explicit PlainLook(const std::string& config_file);
  /// False: nothing of the gateway's may be opened.
  [[nodiscard]] bool holds() const { return !acting_ || acting_->holds(); }

 private:
  std::optional<runtime::Acting> acting_;
};

}  // namespace mmsgate::cli
