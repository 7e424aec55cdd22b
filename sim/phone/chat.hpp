// SPDX-License-Identifier: Apache-2.0
// Messages of the phone: sends texts and files, says how they fare, fetches what comes and says what it was.
#pragma once

#include <linphone/core.h>

#include <map>
#include <string>

#include "phone/lines.hpp"
#include "phone/phone.hpp"

namespace mmsgate_sim {

class Chat {
 public:
  /// One chat a process; `phone` must outlive it.
  explicit Chat(Phone& phone);
  ~Chat();
  Chat(const Chat&) = delete;
  Chat& operator=(const Chat&) = delete;

  /// {"to","text","file","name","type","id"}
  void send(const Json& command);
  void mark_read();

 private:
  static void on_message(LinphoneCore* core, LinphoneChatRoom* room, LinphoneChatMessage* message);
  static void on_sent_state(LinphoneChatMessage* message, LinphoneChatMessageState state);
  static void on_fetched_state(LinphoneChatMessage* message, LinphoneChatMessageState state);
  /// Starts the download of the next file of a received message, or says that it is complete.
  void fetch_next(LinphoneChatMessage* message);
  void say_received(LinphoneChatMessage* message) const;

  Phone& phone_;
  std::map<LinphoneChatMessage*, std::string> sent_;  // by whom they were called; each holds a reference
  int files_ = 0;
};

}  // namespace mmsgate_sim
