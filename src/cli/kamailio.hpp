// SPDX-License-Identifier: Apache-2.0
// `mmsgate kamailio`: a whole configuration for Kamailio as the proxy beside this gateway, and who may register there.
#pragma once

#include "ops/config.hpp"
#include "ops/kamailio_text.hpp"

namespace mmsgate::cli {

[[nodiscard]] int print_kamailio(const ops::Config& config, const ops::KamailioAround& around);
/// Asks VoIP.ms for the sub accounts, and writes a file that is as good as their passwords.
[[nodiscard]] int write_kamailio_accounts(const ops::Config& config, const ops::KamailioAround& around);

}  // namespace mmsgate::cli
