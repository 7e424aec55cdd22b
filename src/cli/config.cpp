// SPDX-License-Identifier: Apache-2.0
#include "cli/config.hpp"

#include <fmt/format.h>

#include "cli/say.hpp"
#include "ops/config.hpp"
#include "ops/options.hpp"

namespace mmsgate::cli {

int check_config(const std::string& file) {
  const auto config = ops::load_config(file);
  if (!config) return say(config.error().detail, kWrongConfig);
  if (const auto known = ops::check_secrets(*config); !known) return say(known.error().detail, kWrongConfig);
  fmt::print("{} is right.\n", file);
  return 0;
}

int show_config(const std::string& file) {
  const auto text = ops::show_config(file);
  if (!text) return say(text.error().detail, kWrongConfig);
  fmt::print("{}", *text);
  return 0;
}

int print_default_config() {
  fmt::print("{}", ops::default_config());
  return 0;
}

}  // namespace mmsgate::cli
