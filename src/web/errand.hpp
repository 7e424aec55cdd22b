// SPDX-License-Identifier: Apache-2.0
// What the head of a script's upload asks for. Pure; on the web thread.
#pragma once

#include <optional>

#include "web/handler.hpp"

namespace mmsgate::web {

/// Nothing: it is a phone's upload, which asks for no more than that its file be kept.
[[nodiscard]] std::optional<Errand> errand_of(const Head& head);

}  // namespace mmsgate::web
