// SPDX-License-Identifier: Apache-2.0
// What systemd is told while the gateway serves: that it is ready, how it is, and that it turns (docs/threads.md). What
// does not turn is ended and started anew by systemd, so nothing is said of a gateway one of whose threads hangs. Main
// thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "cli/house.hpp"
#include "runtime/log.hpp"
#include "runtime/roll_call.hpp"
#include "runtime/supervisor.hpp"

namespace mmsgate::cli {

class Vigil {
 public:
  /// `log` must outlive it.
  Vigil(runtime::Supervisor supervisor, runtime::Log& log) : supervisor_(std::move(supervisor)), log_(log) {}

  /// The database is being brought up to date, and gets on. As often as one likes.
  void preparing();
  void cannot_start(std::string_view why) { tell("STATUS=cannot start: ", why); }
  /// `house` must outlive the last beat().
  void ready(House& house);
  void reloading();
  void reloaded(bool is_done) {
    tell("READY=1\nSTATUS=",
         is_done ? "serves; the config was read again" : "serves; the config could not be read again, see the log");
  }
  void ending(int signal_number);

  /// Somebody wants to hear of us now and then.
  [[nodiscard]] bool is_kept() const { return supervisor_.is_there(); }
  /// Zero: it is time.
  [[nodiscard]] std::chrono::nanoseconds until_beat() const;
  void beat(House& house);

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kLongestPause{10};

  [[nodiscard]] std::chrono::nanoseconds pause() const;
  /// `text` is put on one line.
  void tell(std::string_view lines, std::string_view text);

  runtime::Supervisor supervisor_;
  runtime::Log& log_;
  runtime::RollCall roll_;
  Steady::time_point next_ = Steady::now();
  bool is_heard_ = true;
  std::string missing_;  ///< As it was logged last; empty: all turn.
};

}  // namespace mmsgate::cli
