// SPDX-License-Identifier: Apache-2.0
// `mmsgate registrations`: who is registered at the proxy and who is not, once or for as long as it is watched; wakes
// by push those whose time is over. Asks the proxy itself, beside a gateway that runs or without one.
#pragma once

#include <string>

#include "core/registration_watch.hpp"
#include "ops/config.hpp"

namespace mmsgate::cli {

struct RegistrationsOptions {
  bool json = false;
  bool watch = false;  ///< Look again and again, until a signal ends the process.
  bool push = false;
  std::string flexisip_config = "/etc/flexisip/flexisip.conf";  ///< Names the keys for push.
  WatchOptions times;
};

/// 1 with a reason on standard error when nobody can be asked, or when a push failed.
[[nodiscard]] int show_registrations(const ops::Config& config, const std::string& config_file,
                                     const RegistrationsOptions& options);

}  // namespace mmsgate::cli
