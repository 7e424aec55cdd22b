// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.hpp"

namespace mmsgate::cli {

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace mmsgate::cli
