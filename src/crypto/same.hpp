// SPDX-License-Identifier: Apache-2.0
// Comparing what nobody may guess. Pure; any thread.
#pragma once

#include <string_view>

namespace mmsgate::crypto {

/// Are the two the same? How long that takes depends on their lengths alone, which are no secret: who measures it does
/// not learn how much of a guess was right.
[[nodiscard]] bool same(std::string_view one, std::string_view other);

}  // namespace mmsgate::crypto
