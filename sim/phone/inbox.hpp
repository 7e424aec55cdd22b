// SPDX-License-Identifier: Apache-2.0
// What the phone receives: fetches the files of each message, then says all of it at once.
#pragma once

#include <map>

#include "phone/linphone_ptr.hpp"
#include "phone/phone.hpp"

namespace mmsgate_sim {

class Inbox {
 public:
  /// Says `received` for each message once all of its files are in HOME/received, or `download_failed` for one whose
  /// file cannot be had; and `typing`. `phone` must outlive it. Only the phone's thread.
  explicit Inbox(Phone& phone);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// As if somebody looked at every conversation: the senders hear of it.
  void mark_read();

 private:
  static void on_message(LinphoneCore* core, LinphoneChatRoom* room, LinphoneChatMessage* message);
  static void on_typing(LinphoneCore* core, LinphoneChatRoom* room);
  static void on_state(LinphoneChatMessage* message, LinphoneChatMessageState state);
  /// Starts the download of the message's next file; without one, the message is complete.
  void fetch_next(LinphoneChatMessage* message);
  void fail(LinphoneChatMessage* message);

  Phone& phone_;
  CoreCallbacks core_callbacks_;
  MessageCallbacks message_callbacks_;
  std::map<LinphoneChatMessage*, Message> fetching_;
  int files_ = 0;  // names of files must not depend on what a stranger calls them
};

}  // namespace mmsgate_sim
