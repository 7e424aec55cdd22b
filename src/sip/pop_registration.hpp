// SPDX-License-Identifier: Apache-2.0
// Keeps the gateway registered at a VoIP.ms server, through the proxy (RFC 3261 10). Lives on the sip thread.
//
// It is renewed in the second half of its time. What goes wrong is tried again after a wait that grows; the log has a
// line when it begins and one when it is over.
#pragma once

#include <functional>
#include <string>

#include "runtime/log.hpp"
#include "sip/caller.hpp"
#include "sip/digest.hpp"
#include "sip/endpoint.hpp"
#include "sip/sip_loop.hpp"

namespace mmsgate::sip {

class PopRegistration {
 public:
  PopRegistration(const Registration& wanted, SipLoop& loop, Caller& caller, runtime::Log& log);
  ~PopRegistration();
  PopRegistration(const PopRegistration&) = delete;
  PopRegistration& operator=(const PopRegistration&) = delete;

  /// `own_url`: where we take requests, "sip:127.0.0.2:5060".
  void start(const std::string& own_url);
  /// Takes the registration back; `left` is called once, when that is answered, or at once when there is none.
  void leave(std::function<void()> left);

 private:
  enum class State { beginning, registered, refused, in_trouble };

  /// `answered`: how many challenges of this round have been answered.
  void ask(int answered);
  void on_answer(int status, const sip_t* answer, int answered);
  void on_registered(const sip_t& answer);
  void on_failure(int status, const std::string& phrase);
  void ask_after(Duration wait);
  [[nodiscard]] Duration granted(const sip_t& answer) const;

  const Registration wanted_;
  Caller& caller_;
  runtime::Log& log_;
  std::unique_ptr<su_timer_t, Deleter<su_timer_destroy>> timer_;
  Digest digest_;
  const std::string call_id_;
  std::string contact_;  ///< "sip:100000_mmsgate@127.0.0.2:5060"
  std::uint32_t cseq_ = 0;
  std::chrono::seconds lifetime_;  ///< Asked for; longer where the server wants it so.
  State state_ = State::beginning;
  bool may_be_there_ = false;  ///< The server has registered us once.
  int failures_ = 0;           ///< In a row.
  std::function<void()> left_;
  bool is_leaving_ = false;
  /// Gone before all else of this: answers that come late find nobody.
  std::shared_ptr<void> alive_ = std::make_shared<char>();
};

}  // namespace mmsgate::sip
