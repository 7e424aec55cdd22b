// SPDX-License-Identifier: Apache-2.0
// `mmsgate keys`: makes, lists and revokes the keys by which scripts and cameras send files to phones. It writes into
// the database beside a gateway that runs, which looks there at each upload: a change takes effect at once.
#pragma once

#include <string>
#include <vector>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct KeysOptions {
  std::string name;
  std::vector<std::string> accounts;
  bool all_accounts = false;
  bool json = false;
};

/// Prints the key, this once, and what to do with it.
[[nodiscard]] int add_key(const ops::Config& config, const KeysOptions& options);
/// Everything but the keys themselves.
[[nodiscard]] int list_keys(const ops::Config& config, const KeysOptions& options);
[[nodiscard]] int revoke_key(const ops::Config& config, const KeysOptions& options);

}  // namespace mmsgate::cli
