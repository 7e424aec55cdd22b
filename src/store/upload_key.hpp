// SPDX-License-Identifier: Apache-2.0
// What lets a script or a camera send a file to phones. Plain value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace mmsgate::store {

/// The key itself is nowhere: who made it has seen it once.
struct UploadKey {
  std::string name;                   ///< What its owner calls it; one of them at a time has it.
  std::string hash;                   ///< SHA-256 of the key: 64 lower-case hex digits.
  bool all_accounts = false;          ///< May send to every sub account, also to those that are yet to come.
  std::vector<std::string> accounts;  ///< Else to these.
  TimePoint made_at;
  std::optional<TimePoint> used_at;  ///< Last; nothing: never.
  std::int64_t uses = 0;
};

}  // namespace mmsgate::store
