// SPDX-License-Identifier: Apache-2.0
// The web hook's login: the last part of its address, and what becomes of those who come without it. Plain values; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"

namespace mmsgate {

/// What is done with a web hook that comes without a token, at the bare address of the first MMSGate.
enum class HookBare {
  verify,  ///< Believed when VoIP.ms' log shows its message too.
  trust,   ///< Believed.
  refuse,  ///< There is no such address.
};

/// Whoever knows one may tell us of messages.
struct HookToken {
  std::int64_t number = 0;  ///< A short name for people; never used again.
  std::string token;
  TimePoint made_at;
  std::optional<TimePoint> last_used_at;
};

}  // namespace mmsgate
