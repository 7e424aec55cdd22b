// SPDX-License-Identifier: Apache-2.0
#include "cli/printable.hpp"

#include <fmt/format.h>

namespace mmsgate::cli {
void print_json(const nlohmann::ordered_json& json, int indent) {
  fmt::print("{}\n", json.dump(indent, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace mmsgate::cli
