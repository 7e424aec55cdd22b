// SPDX-License-Identifier: Apache-2.0
// What both ends of the SIP benchmark stand on: sofia-sip's loop in the main thread, an agent, and figures.
#pragma once

#include <memory>

namespace bench {
class Responder;
struct Flight;
class Ticker;
}  // namespace bench

#define NTA_LEG_MAGIC_T bench::Responder
#define NTA_OUTGOING_MAGIC_T bench::Flight
#define SU_TIMER_ARG_T bench::Ticker

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/su_tag.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport_tag.h>
#include <sofia-sip/url_tag.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

extern "C" su_log_t tport_log[];
extern "C" su_log_t nta_log[];

namespace bench {

template <auto Function>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Agent = std::unique_ptr<nta_agent_t, Deleter<nta_agent_destroy>>;
using Leg = std::unique_ptr<nta_leg_t, Deleter<nta_leg_destroy>>;

using Clock = std::chrono::steady_clock;

[[nodiscard]] inline std::int64_t nanoseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Durations in milliseconds; asked when all are in.
class Percentiles {
 public:
  void add(double milliseconds) { values_.push_back(milliseconds); }
  /// 0 when there are none.
  [[nodiscard]] double at(double share) {
    if (values_.empty()) return 0;
    std::ranges::sort(values_);
    return values_[std::min(values_.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values_.size())))];
  }
  [[nodiscard]] bool empty() const { return values_.empty(); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  std::vector<double> values_;
};

/// Calls back every few milliseconds.
class Ticker {
 public:
  Ticker(su_root_t* root, unsigned milliseconds, std::function<void()> tick)
      : tick_(std::move(tick)), timer_(su_timer_create(su_root_task(root), milliseconds)) {
    su_timer_set_for_ever(
        timer_, [](su_root_magic_t* /*magic*/, su_timer_t* /*timer*/, Ticker* self) { self->tick_(); }, this);
  }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker() { su_timer_destroy(timer_); }

 private:
  std::function<void()> tick_;
  su_timer_t* timer_;
};

/// The stack, quiet; SIGTERM and SIGINT end run().
class Stack {
 public:
  Stack() {
    su_init();
    for (su_log_t* log : {su_log_default, tport_log, nta_log}) {
      su_log_redirect(
          log, [](void* /*stream*/, char const* /*format*/, va_list /*arguments*/) {}, nullptr);
      su_log_set_level(log, 0);
    }
    root_ = su_root_create(nullptr);
    su_root_threading(root_, 0);
    for (const int number : {SIGTERM, SIGINT}) std::signal(number, [](int) { told_to_stop_ = 1; });
    std::signal(SIGPIPE, SIG_IGN);
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack() {
    su_root_destroy(root_);
    su_deinit();
  }

  [[nodiscard]] su_root_t* root() const { return root_; }
  void run() {
    const Ticker watch(root_, 20, [this] {
      if (told_to_stop_ != 0) stop();
    });
    su_root_run(root_);
  }
  void stop() { su_root_break(root_); }

 private:
  static inline volatile std::sig_atomic_t told_to_stop_ = 0;
  su_root_t* root_;
};

/// `t1x64`: how long a transaction over UDP is kept, in milliseconds (RFC 3261: 64*T1).
[[nodiscard]] inline Agent make_agent(const Stack& stack, const std::string& url, unsigned t1x64) {
  constexpr unsigned kLargest = 1 << 20;
  Agent agent(nta_agent_create(stack.root(), URL_STRING_MAKE(url.c_str()), nullptr, nullptr, NTATAG_UA(1),
                               NTATAG_SERVER_RPORT(1), NTATAG_UDP_MTU(65535), NTATAG_MAXSIZE(kLargest),
                               NTATAG_SIP_T1X64(t1x64), NTATAG_SIP_T4(50), TPTAG_QUEUESIZE(10'000),
                               TPTAG_UDP_RMEM(4 << 20), TAG_END()));
  if (!agent) throw std::runtime_error("cannot use " + url);
  // The stack copies all that waits in a TCP socket once for each message in it: little may wait.
  constexpr int kLittle = 32 << 10;
  constexpr int kMostFiles = 256;
  for (int fd = 0; fd < kMostFiles; ++fd) {
    int listens = 0;
    socklen_t size = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) continue;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kLittle, sizeof kLittle);
  }
  return agent;
}

}  // namespace bench
