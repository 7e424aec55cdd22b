// SPDX-License-Identifier: Apache-2.0
// `mmsgate config`: is it right, and what does it say?
#pragma once

#include <string>

namespace mmsgate::cli {

/// Says that it is right, and what of it has no effect; else 2 with what is wrong on standard error.
[[nodiscard]] int check_config(const std::string& file);
/// Prints every option as it holds; secrets are not shown. Else as above.
[[nodiscard]] int show_config(const std::string& file);

}  // namespace mmsgate::cli
