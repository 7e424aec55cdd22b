// SPDX-License-Identifier: Apache-2.0
// `mmsgate provision`: makes configurations of Linphone phones. The running gateway hands them out at URLs that work a
// few times; or they are written to a folder, for people who serve them by themselves. Nothing that is printed holds a
// password; the URLs are as good as one.
#pragma once

#include <string>
#include <vector>

#include "gateway/phone_setup.hpp"
#include "ops/config.hpp"

namespace mmsgate::cli {

struct ProvisionOptions {
  std::vector<std::string> accounts;  ///< Empty: they are asked for. "*": all.
  bool together = false;              ///< All on one phone.
  gateway::LoginForm login = gateway::LoginForm::ha1;
  int uses = 1;
  int hours = 24;
  std::string png, svg;  ///< A file or a folder for pictures of the codes; empty: none.
  std::string local_path, web_path;
  std::string add_path = "conf";
  bool json = false;
};

/// 1 with a reason on standard error when none could be made.
[[nodiscard]] int provision(const ops::Config& config, const ProvisionOptions& options);

}  // namespace mmsgate::cli
