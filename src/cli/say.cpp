// SPDX-License-Identifier: Apache-2.0
#include "cli/say.hpp"

#include <fmt/format.h>

namespace mmsgate::cli {

int say(const std::string& reason, int code) {
  fmt::print(stderr, "mmsgate: {}\n", reason);
  return code;
}

}  // namespace mmsgate::cli
