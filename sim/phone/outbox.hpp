// SPDX-License-Identifier: Apache-2.0
// What the phone sends: texts and files, and how each fares until its reader has seen it.
#pragma once

#include <map>
#include <string>

#include "phone/lines.hpp"
#include "phone/linphone_ptr.hpp"
#include "phone/phone.hpp"

namespace mmsgate_sim {

class Outbox {
 public:
  /// `phone` must outlive it. Only the phone's thread.
  explicit Outbox(Phone& phone);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// {"to","text","file","name","type","id"}: says `sending`, then a `state` for each change; `error` when there is
  /// nothing to send or nobody to send it to. Throws Json::exception when a member has the wrong type.
  void send(const Json& command);
  /// The person has begun to type; Linphone says so, and after a while that it is over.
  void type(const std::string& to);

 private:
  struct Sent {
    Message message;
    std::string id;  // as whoever drives us calls it
  };

  static void on_state(LinphoneChatMessage* message, LinphoneChatMessageState state);

  Phone& phone_;
  MessageCallbacks callbacks_;
  std::map<LinphoneChatMessage*, Sent> sent_;  // for as long as we live: a receipt may come late
};

}  // namespace mmsgate_sim
