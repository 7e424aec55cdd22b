// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.hpp"

#include <malloc.h>
#include <signal.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "cli/house.hpp"
#include "cli/say.hpp"
#include "cli/vigil.hpp"
#include "runtime/process.hpp"
#include "version.hpp"

namespace mmsgate::cli {
namespace {

/// The signals that tell us something are taken by the main thread alone; a peer that hangs up must not end us at all.
sigset_t take_signals() {
  sigset_t told;
  sigemptyset(&told);
  sigaddset(&told, SIGTERM);
  sigaddset(&told, SIGINT);
  sigaddset(&told, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &told, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return told;
}

/// glibc gives each thread an arena of its own and keeps what was freed; eight mostly idle threads would double our
/// memory.
void keep_memory_small() {
  constexpr int kArenas = 2;
  constexpr int kTrimAbove = 256 << 10;
  mallopt(M_ARENA_MAX, kArenas);
  mallopt(M_TRIM_THRESHOLD, kTrimAbove);
}

/// 0: it is time for a beat.
int wait_for_signal(const sigset_t& told, const Vigil& vigil) {
  for (;;) {
    const std::chrono::nanoseconds left = vigil.until_beat();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec longest{.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
    const int number = vigil.is_kept() ? sigtimedwait(&told, nullptr, &longest) : sigwaitinfo(&told, nullptr);
    if (number > 0) return number;
    if (errno == EAGAIN) return 0;  // else a debugger or SIGCONT: nobody told us anything
  }
}

/// `start`: the config that we were started with.
/// False, and the log says why: all is as it was.
bool reload(runtime::Log& log, House& house, const ops::Config& start, const Result<ops::Config>& config) {
  if (const auto opened = log.reopen(); !opened) log.error("{}", opened.error().detail);
  const auto known = config ? ops::check_secrets(*config) : std::unexpected(config.error());
  if (!known) {
    log.error("the config is not read again: {}", known.error().detail);
    return false;
  }
  log.set_level(config->log_level);
  house.reload(*config);
  for (const std::string& option : ops::waiting_for_a_start(start, *config)) {
    log.warning("{} has changed; that takes effect at the next start", option);
  }
  log.info("the log has been opened anew, and the config is read again");
  return true;
}

}  // namespace

int serve(const ops::Config& config, const std::function<Result<ops::Config>()>& read_again) {
  if (const auto known = ops::check_secrets(config); !known) return say(known.error().detail, kWrongConfig);
  const sigset_t told = take_signals();  // before any thread is made: they inherit it
  keep_memory_small();
  const auto log = runtime::Log::open(config.log_level, config.log_file);
  if (!log) {
    fmt::print(stderr, "mmsgate: {}\n", log.error().detail);
    return 1;
  }
  if (runtime::is_almighty()) {
    (*log)->warning(
        "this runs as root, and needs nothing of root's: whoever finds a hole in it would own the machine. Give it a "
        "user of its own, as packaging/mmsgate.service does");
  }
  auto supervisor = runtime::Supervisor::open(runtime::Supervisor::from_environment());
  if (!supervisor) {
    (*log)->error("cannot start: {}", supervisor.error().detail);
    return 1;
  }
  Vigil vigil(*std::move(supervisor), **log);
  auto house = House::open(config, *log, [&vigil] { vigil.preparing(); });
  if (!house) {
    (*log)->error("cannot start: {}", house.error().detail);
    vigil.cannot_start(house.error().detail);
    return 1;
  }
  (*log)->info("mmsgate {} serves", kVersion);
  vigil.ready(**house);
  int signal_number = 0;
  while ((signal_number = wait_for_signal(told, vigil)) == 0 || signal_number == SIGHUP) {
    if (signal_number == 0) {
      vigil.beat(**house);
    } else {
      vigil.reloading();
      vigil.reloaded(reload(**log, **house, config, read_again()));
    }
  }
  vigil.ending(signal_number);
  (*log)->info("ending, by signal {}", signal_number);
  return 0;
}

}  // namespace mmsgate::cli
