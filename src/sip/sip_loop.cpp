// SPDX-License-Identifier: Apache-2.0
#include "sip/sip_loop.hpp"

#include <pthread.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_time.h>
#include <time.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "sip/sockets.hpp"
#include "sip/tls_lines.hpp"

// The stack's own names for its traces.
extern "C" su_log_t tport_log[];
extern "C" su_log_t nta_log[];
extern "C" su_log_t iptsec_log[];
// Its hooks for the time, which stand in no header; what the wall's clock says is in `*now` when they are called.
extern "C" void (*_su_time)(su_time_t* now);
extern "C" su_time64_t (*_su_nanotime)(su_time64_t* now);

namespace mmsgate::sip {
namespace {

/// Nanoseconds since 1900 as they were when first asked for, counted on by a clock that nobody sets.
su_time64_t steady_time() {
  const auto read = [](clockid_t id) {
    timespec at{};
    clock_gettime(id, &at);
    return static_cast<su_time64_t>(at.tv_sec) * SU_E9 + static_cast<su_time64_t>(at.tv_nsec);
  };
  static const su_time64_t beginning = SU_TIME_EPOCH * SU_E9 + read(CLOCK_REALTIME) - read(CLOCK_BOOTTIME);
  return beginning + read(CLOCK_BOOTTIME);
}

/// The stack counts its timers by the wall's clock, and ends the process when that is set forward (an assertion in
/// nta).
void keep_time_steady() {
  static std::once_flag once;
  std::call_once(once, [] {
    _su_nanotime = [](su_time64_t* now) { return *now = steady_time(); };
    _su_time = [](su_time_t* now) { *now = su_time64_to_time(steady_time()); };
  });
}

void write_trace(void* trace, char const* format, va_list arguments) {
  char piece[4096];  // the stack's longest is 2,051
  const int size = std::vsnprintf(piece, sizeof piece, format, arguments);
  if (trace == nullptr || size < 0) return;
  static_cast<Trace*>(trace)->take({piece, std::min<std::size_t>(static_cast<std::size_t>(size), sizeof piece - 1)});
}

/// Without this the stack writes to standard error what strangers send.
void redirect_trace(Trace* trace) {
  const int level = trace == nullptr ? 0 : trace->level();
  for (su_log_t* each : {su_log_default, tport_log, nta_log, iptsec_log}) {
    su_log_redirect(each, write_trace, trace);
    su_log_set_level(each, static_cast<unsigned>(level));
  }
}

}  // namespace

Watch::Watch(su_root_t* root, int fd, std::function<void()> ready) : root_(root), ready_(std::move(ready)) {
  su_wait_t wait{};
  su_wait_create(&wait, fd, SU_WAIT_IN);
  const auto on_event = [](SipLoop* /*root_magic*/, su_wait_t* /*wait*/, Watch* self) {
    self->ready_();
    return 0;
  };
  index_ = su_root_register(root, &wait, on_event, this, 0);
}

SipLoop::SipLoop(std::shared_ptr<Trace> trace) : trace_(std::move(trace)) {
  std::promise<void> started;
  thread_ = std::thread([this, &started] { run(started); });
  pthread_setname_np(thread_.native_handle(), "sip");
  started.get_future().get();
}

SipLoop::~SipLoop() { stop(); }

void SipLoop::stop() {
  if (!thread_.joinable()) return;
  post([this] { su_root_break(root_); });
  thread_.join();
}

void SipLoop::follow_trace() { redirect_trace(trace_.get()); }

void SipLoop::run(std::promise<void>& started) {
  forget_name_servers();
  keep_time_steady();
  su_init();
  redirect_trace(trace_.get());
  {
    const TlsLines lines(*mailbox_);
    const Root root(su_root_create(this));
    su_root_threading(root.get(), 0);
    const Watch mail(root.get(), mailbox_->fd(), [this] { mailbox_->run(); });
    root_ = root.get();
    started.set_value();
    su_root_run(root.get());
    mailbox_->close();
  }
  redirect_trace(nullptr);
  su_deinit();
}

}  // namespace mmsgate::sip
