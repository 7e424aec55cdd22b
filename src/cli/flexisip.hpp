// SPDX-License-Identifier: Apache-2.0
// `mmsgate flexisip`: what Flexisip must be told so that it works with this gateway, and whether its files say so.
#pragma once

#include <string>
#include <vector>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct FlexisipOptions {
  std::string flexisip_config = "/etc/flexisip/flexisip.conf";
  std::string forward_config;         ///< Empty: where flexisip.conf says; in what is printed, beside it.
  std::string only;                   ///< "flexisip.conf" or "forward.conf": print this one. Empty: both.
  std::string address;                ///< Where Flexisip listens for phones.
  std::vector<std::string> prefixes;  ///< Empty: those of the accounts that the database knows.
  bool json = false;
};

[[nodiscard]] int print_flexisip(const ops::Config& config, const std::string& config_file,
                                 const FlexisipOptions& options);
/// 0: all is well. 1: something is not as it should be. 2, with a reason on standard error: a file cannot be read.
[[nodiscard]] int check_flexisip(const ops::Config& config, const std::string& config_file,
                                 const FlexisipOptions& options);

}  // namespace mmsgate::cli
