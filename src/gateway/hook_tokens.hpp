// SPDX-License-Identifier: Apache-2.0
// The tokens of the web hook while the gateway runs: who knows one may tell us of messages. Thread-safe; knows() and
// used() cost no look into the store.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/world.hpp"
#include "runtime/rarely.hpp"

namespace mmsgate::gateway {

class HookTokens {
 public:
  explicit HookTokens(World world) : world_(world) {}

  /// Before the first web hook comes; makes the first token. Says in the log what the owner should do about them.
  [[nodiscard]] Result<bool> start();
  /// Somebody has changed them in the store.
  [[nodiscard]] Result<bool> read_again();

  /// Takes as long for a guess that is nearly right as for any other.
  [[nodiscard]] bool knows(std::string_view token) const;
  /// A message came with it. Written down once a minute at most.
  void used(const std::string& token);
  /// One came without. Says so in the log, once, and once a day where it is believed.
  void missed(HookBare what_is_done);

 private:
  using Tokens = std::vector<HookToken>;
  [[nodiscard]] Result<bool> make_first();
  void advise(const Tokens& tokens) const;

  World world_;
  Book<Tokens> tokens_;
  std::mutex mutex_;
  std::map<std::string, TimePoint> noted_;  ///< When a use was last written down. Guarded by mutex_.
  // That one came without.
  runtime::Rarely once_lines_{world_.clock, Duration::max()};
  runtime::Rarely daily_lines_{world_.clock, std::chrono::hours(24)};
};

}  // namespace mmsgate::gateway
