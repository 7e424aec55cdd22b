// SPDX-License-Identifier: Apache-2.0
// `mmsgate hook`: the addresses of the web hook with their tokens, read from the store and changed there, beside a
// gateway that runs; that one is told, so that it takes effect at once.
#pragma once

#include <string>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct HookOptions {
  bool json = false;
  /// A number, a token or its first characters, or an address that ends in one; "-": it comes by standard input.
  std::string which;
  bool even_the_last = false;
};

/// Each prints to standard output; 1 with a reason on standard error when it cannot be done.
[[nodiscard]] int show_hooks(const ops::Config& config, const HookOptions& options);
[[nodiscard]] int add_hook_token(const ops::Config& config, const HookOptions& options);
[[nodiscard]] int remove_hook_token(const ops::Config& config, const HookOptions& options);

}  // namespace mmsgate::cli
