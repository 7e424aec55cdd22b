// SPDX-License-Identifier: Apache-2.0
// What `mmsgate provision` shows of what it has made.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "gateway/phone_setup.hpp"

namespace mmsgate::cli {

/// One configuration: a phone.
struct MadePhone {
  gateway::Accounts accounts;
  formats::PhoneConfig config;  ///< It holds what the phone logs in with: nothing of that is shown.
  std::string url;
  int uses = 0;  ///< 0: somebody else hands it out, and it has no end.
  TimePoint until;
  std::vector<std::string> files;
};

/// An account that there is no configuration for.
struct Skipped {
  std::string account;
  std::string reason;
};

/// With the code to scan, drawn as this terminal can. An error: the URL is too long for one.
[[nodiscard]] Result<std::string> describe(const MadePhone& phone);
[[nodiscard]] std::string to_json(const std::vector<MadePhone>& made, const std::vector<Skipped>& skipped);

}  // namespace mmsgate::cli
