// SPDX-License-Identifier: Apache-2.0
// What a command has changed in the database, a gateway that runs must know at once.
#pragma once

#include <string_view>

#include "ops/config.hpp"

namespace mmsgate::cli {

/// Sends it the word of the control socket (ops/control.hpp) that makes it look. Answers the exit code: where none runs
/// all is well, and a line says when it takes effect; one that could not be told goes on as before, which is said
/// aloud.
[[nodiscard]] int tell_gateway(const ops::Config& config, std::string_view word);

}  // namespace mmsgate::cli
