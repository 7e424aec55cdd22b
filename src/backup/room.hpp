// SPDX-License-Identifier: Apache-2.0
// Is there room on the disk? Asked before, since to find out halfway may fill the disk that the gateway writes to.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.hpp"

namespace mmsgate::backup {

/// transient: the disk of `folder` has not `bytes` left, and a little more. Unknown counts as enough.
[[nodiscard]] Result<bool> check_room(const std::string& folder, std::uint64_t bytes);

}  // namespace mmsgate::backup
