// SPDX-License-Identifier: Apache-2.0
// How a command ends that could not do what it was told.
#pragma once

#include <string>

namespace mmsgate::cli {

inline constexpr int kFailed = 1;
inline constexpr int kWrongConfig = 2;

/// Says why on standard error; answers `code`, the process' exit code.
[[nodiscard]] int say(const std::string& reason, int code = kFailed);

}  // namespace mmsgate::cli
