// SPDX-License-Identifier: Apache-2.0
#include "cli/say.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "cli/printable.hpp"

namespace mmsgate::cli {

int say(const std::string& reason, int code) {
  std::fputs(fmt::format("mmsgate: {}\n", printable(reason)).c_str(), stderr);  // throws nothing where that is closed
  return code;
}

}  // namespace mmsgate::cli
