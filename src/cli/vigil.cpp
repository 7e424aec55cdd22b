// SPDX-License-Identifier: Apache-2.0
#include "cli/vigil.hpp"

#include <time.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/printable.hpp"

namespace mmsgate::cli {

void Vigil::preparing() {
  if (Steady::now() < next_) return;
  next_ = Steady::now() + kLongestPause;
  // Minutes, since there are single steps of which SQLite says nothing: a sort, the end of a large transaction.
  constexpr std::chrono::microseconds kLonger = std::chrono::minutes(5);
  tell(fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS=", kLonger.count()), "brings the database up to date");
}

void Vigil::ready(House& house) {
  house.join(roll_);
  next_ = Steady::now();
  tell("READY=1\nSTATUS=", "serves");
}

void Vigil::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  // Type=notify-reload of newer systemds tells by the time which SIGHUP is meant.
  const auto at = std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(at).count();
  tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=", microseconds), "reads the config again");
}

void Vigil::ending(int signal_number) { tell("STOPPING=1\nSTATUS=", fmt::format("ends, by signal {}", signal_number)); }

std::chrono::nanoseconds Vigil::pause() const {
  // A thread that is asked at one beat answers before the next: half of the watchdog's time is left for what is slow.
  constexpr std::chrono::nanoseconds kLongest = kLongestPause;
  return supervisor_.watchdog() ? std::min<std::chrono::nanoseconds>(*supervisor_.watchdog() / 4, kLongest) : kLongest;
}

std::chrono::nanoseconds Vigil::until_beat() const {
  return std::max<std::chrono::nanoseconds>(next_ - Steady::now(), std::chrono::nanoseconds::zero());
}

void Vigil::beat(House& house) {
  house.look_at_condition();
  next_ = Steady::now() + pause();
  std::string missing = fmt::format("{}", fmt::join(roll_.call(), ", "));
  if (missing.empty()) {
    tell(supervisor_.watchdog() ? "WATCHDOG=1\nSTATUS=" : "STATUS=", house.condition());
  } else {
    tell("STATUS=", fmt::format("waits for what does not turn: {}", missing));
  }
  if (missing != missing_ && !missing.empty()) {
    log_.warning("threads do not turn: {}{}", missing,
                 supervisor_.watchdog() ? "; if that stays so, systemd starts this program anew" : "");
  }
  if (missing != missing_ && missing.empty()) log_.warning("all threads turn again");
  missing_ = std::move(missing);
}

void Vigil::tell(std::string_view lines, std::string_view text) {
  const auto told = supervisor_.tell(fmt::format("{}{}", lines, printable(text)));
  if (!told && is_heard_) log_.warning("{}", told.error().detail);  // once: it would be so at each beat
  is_heard_ = told.has_value();
}

}  // namespace mmsgate::cli
