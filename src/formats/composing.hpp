// SPDX-License-Identifier: Apache-2.0
// "Is typing": documents of RFC 3994, type application/im-iscomposing+xml. Pure; any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::formats {

inline constexpr std::string_view kComposingType = "application/im-iscomposing+xml";

struct Composing {
  bool active = false;             ///< Is typing; else has stopped.
  std::chrono::seconds refresh{};  ///< How long that holds unless it is said again; 0: not said. A day at most.
};

/// corrupt: not an isComposing document.
[[nodiscard]] Result<Composing> parse_composing(std::string_view xml);

[[nodiscard]] std::string write_composing(const Composing& composing);

}  // namespace mmsgate::formats
