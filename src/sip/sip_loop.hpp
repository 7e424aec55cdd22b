// SPDX-License-Identifier: Apache-2.0
// The sip thread: the stack's event loop and a mailbox. Everything of the stack is made, used and destroyed on it.
#pragma once

#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "runtime/mailbox.hpp"
#include "sip/sofia.hpp"
#include "sip/trace.hpp"

namespace mmsgate::sip {

/// An eye of the loop on a descriptor. On its thread.
class Watch {
 public:
  /// `ready` is called as long as there is something to read, or to accept. `root` and `fd` must outlive it.
  Watch(su_root_t* root, int fd, std::function<void()> ready);
  ~Watch() { su_root_deregister(root_, index_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  su_root_t* const root_;
  const std::function<void()> ready_;
  int index_;
};

class SipLoop {
 public:
  /// Starts the thread. `trace` is told what the stack says; null: nobody is. The stack has one trace for the whole
  /// process.
  explicit SipLoop(std::shared_ptr<Trace> trace);
  ~SipLoop();
  SipLoop(const SipLoop&) = delete;
  SipLoop& operator=(const SipLoop&) = delete;

  /// Any thread. What is posted after stop() is dropped.
  void post(runtime::Mailbox::Task task) { mailbox_->post(std::move(task)); }
  [[nodiscard]] const std::shared_ptr<runtime::Mailbox>& mailbox() const { return mailbox_; }

  /// Any thread but the loop's, before stop(): runs it there and waits for the answer.
  template <typename Function>
  auto call(Function function) {
    std::packaged_task<decltype(function())()> task(std::move(function));
    auto answer = task.get_future();
    post([&task] { task(); });
    return answer.get();
  }

  /// Ends the thread. May be called twice.
  void stop();

  // On the thread only:
  [[nodiscard]] su_root_t* root() const { return root_; }
  /// The stack says as much as the trace wants by now.
  void follow_trace();

 private:
  void run(std::promise<void>& started);

  const std::shared_ptr<Trace> trace_;
  const std::shared_ptr<runtime::Mailbox> mailbox_ = std::make_shared<runtime::Mailbox>();
  su_root_t* root_ = nullptr;
  std::thread thread_;
};

}  // namespace mmsgate::sip
