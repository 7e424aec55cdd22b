// SPDX-License-Identifier: Apache-2.0
// `mmsgate messages`: what happened to messages, read from the store beside a running gateway. Shows no text of any
// message.
#pragma once

#include <cstdint>

#include "ops/config.hpp"

namespace mmsgate::cli {

struct MessagesOptions {
  int limit = 20;
  bool only_open = false;
  bool json = false;
  std::int64_t id = 0;
};

/// Both print to standard output; 1 with a reason on standard error when the store cannot be read or has no such
/// message.
[[nodiscard]] int list_messages(const ops::Config& config, const MessagesOptions& options);
[[nodiscard]] int show_message(const ops::Config& config, const MessagesOptions& options);

}  // namespace mmsgate::cli
