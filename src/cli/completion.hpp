// SPDX-License-Identifier: Apache-2.0
// What has a shell complete the words of `mmsgate`, made of what --help is made of. The shell needs not start mmsgate
// for it. Pure.
#pragma once

#include <string>
#include <string_view>

#include "cli/outline.hpp"

namespace mmsgate::cli {

[[nodiscard]] std::string completion_for_bash(const Verb& top);
[[nodiscard]] std::string completion_for_zsh(const Verb& top);
[[nodiscard]] std::string completion_for_fish(const Verb& top);

/// In single quotes, whatever it holds, as bash and zsh read it.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace mmsgate::cli
