// SPDX-License-Identifier: Apache-2.0
// `mmsgate config`: is it right, and what does it say?
#pragma once

#include <string>

namespace mmsgate::cli {

/// Says that it is right; else 2 with what is wrong on standard error.
[[nodiscard]] int check_config(const std::string& file);
/// Prints every option as it holds; secrets are not shown. Else as above.
[[nodiscard]] int show_config(const std::string& file);
/// Prints a commented file with every option at what holds when it is not set.
[[nodiscard]] int print_default_config();

}  // namespace mmsgate::cli
