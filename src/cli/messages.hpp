// SPDX-License-Identifier: Apache-2.0
// `mmsgate messages`: what happened to messages, read from the store beside a running gateway. Shows no text of any
// message. Replaying is the running gateway's.
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

/// Has the running gateway try again from the start what of the message has failed, is dead or is held. 1 with a reason
/// on standard error when nothing of it is, or no gateway runs.
[[nodiscard]] int replay_message(const ops::Config& config, const MessagesOptions& options);

}  // namespace mmsgate::cli
