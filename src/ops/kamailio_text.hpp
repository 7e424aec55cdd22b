// SPDX-License-Identifier: Apache-2.0
// kamailio.cfg for the gateway of a config, and the file of passwords beside it. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "ops/config.hpp"

namespace mmsgate::ops {

/// What the config does not say.
struct KamailioAround {
  std::string address;           ///< This machine's, where phones reach it; empty: what their proxy's name says.
  std::string certificate, key;  ///< PEM files; empty: the web server's, when it has some.
  std::string accounts_file = "/etc/kamailio/mmsgate-accounts.cfg";
  std::string database = "/var/lib/kamailio/kamailio.sqlite";
};

/// rejected: it does not say what the phones' addresses end with.
[[nodiscard]] Result<bool> has_kamailio_domain(const Config& config);
/// rejected: something that must be known is not; says what, and where it is said.
[[nodiscard]] Result<std::string> kamailio_config_text(const Config& config, const KamailioAround& around);

struct KamailioAccount {
  std::string name;
  std::string ha1;  ///< MD5(name:domain:password). As good as the password, for this domain alone.
};
[[nodiscard]] std::string kamailio_accounts_text(const std::vector<KamailioAccount>& accounts);

}  // namespace mmsgate::ops
