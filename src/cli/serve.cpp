// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.hpp"

#include <malloc.h>
#include <signal.h>

#include <fmt/format.h>

#include "cli/house.hpp"
#include "version.hpp"

namespace mmsgate::cli {
namespace {

/// The signals that end us are taken by the main thread alone; a peer that hangs up must not end us at all.
sigset_t take_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return ends;
}

/// glibc gives each thread an arena of its own and keeps what was freed; eight mostly idle threads would double our
/// memory.
void keep_memory_small() {
  constexpr int kArenas = 2;
  constexpr int kTrimAbove = 256 << 10;
  mallopt(M_ARENA_MAX, kArenas);
  mallopt(M_TRIM_THRESHOLD, kTrimAbove);
}

}  // namespace

int serve(const ops::Config& config) {
  const sigset_t ends = take_signals();  // before any thread is made: they inherit it
  keep_memory_small();
  const auto log = runtime::Log::open(config.log_level, config.log_file);
  if (!log) {
    fmt::print(stderr, "mmsgate: {}\n", log.error().detail);
    return 1;
  }
  for (const std::string& warning : config.warnings) (*log)->warning("{}", warning);
  auto house = House::open(config, *log);
  if (!house) {
    (*log)->error("cannot start: {}", house.error().detail);
    return 1;
  }
  (*log)->info("mmsgate {} serves", kVersion);
  int signal_number = 0;
  sigwait(&ends, &signal_number);
  (*log)->info("ending, by signal {}", signal_number);
  return 0;
}

}  // namespace mmsgate::cli
