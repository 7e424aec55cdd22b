// SPDX-License-Identifier: Apache-2.0
// The manual pages, made of what --help and the config are made of, so that they say the same. In the language of
// man(7). Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/outline.hpp"
#include "ops/options.hpp"

namespace mmsgate::cli {

/// mmsgate(1).
[[nodiscard]] std::string manual_of_commands(const Verb& top);
/// mmsgate.conf(5).
[[nodiscard]] std::string manual_of_config(std::span<const ops::Option> options);

/// Text as it is, whatever it holds: no character of it is taken for a command of man(7), and a - can be searched for
/// and copied.
[[nodiscard]] std::string roff(std::string_view text);
/// The first line of a page.
[[nodiscard]] std::string title(std::string_view name, int section);

}  // namespace mmsgate::cli
