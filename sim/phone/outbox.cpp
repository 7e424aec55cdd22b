// SPDX-License-Identifier: Apache-2.0
#include "phone/outbox.hpp"

#include <unistd.h>

#include <string_view>
#include <utility>

namespace mmsgate_sim {
namespace {

/// "LinphoneChatMessageStateDeliveredToUser": as the apps call it, without the prefix. (One has a blank at its end.)
std::string word_for(LinphoneChatMessageState state) {
  constexpr std::string_view kPrefix = "LinphoneChatMessageState";
  std::string name = text(linphone_chat_message_state_to_string(state));
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  name.erase(name.find_last_not_of(' ') + 1);
  return name;
}

Content file_content(const std::string& path, const std::string& name, const std::string& type) {
  const auto slash = type.find('/');
  Content content(linphone_factory_create_content(linphone_factory_get()));
  linphone_content_set_type(content.get(), type.substr(0, slash).c_str());
  linphone_content_set_subtype(content.get(), slash == std::string::npos ? "" : type.substr(slash + 1).c_str());
  linphone_content_set_name(content.get(), name.c_str());
  linphone_content_set_file_path(content.get(), path.c_str());
  return content;
}

}  // namespace

Outbox::Outbox(Phone& phone)
    : phone_(phone), callbacks_(linphone_factory_create_chat_message_cbs(linphone_factory_get())) {
  linphone_chat_message_cbs_set_user_data(callbacks_.get(), this);
  linphone_chat_message_cbs_set_msg_state_changed(callbacks_.get(), &Outbox::on_state);
}

Outbox::~Outbox() {
  for (const auto& [message, sent] : sent_) linphone_chat_message_remove_callbacks(message, callbacks_.get());
}

void Outbox::send(const Json& command) {
  const std::string id = command.value("id", "");
  const std::string to = command.value("to", "");
  const std::string words = command.value("text", "");
  const std::string path = command.value("file", "");
  if (words.empty() && path.empty()) return complain("there is no text and no file to send", id);
  // liblinphone would send whatever its buffer holds.
  if (!path.empty() && ::access(path.c_str(), R_OK) != 0) return complain("cannot read " + path, id);
  LinphoneChatRoom* room = phone_.room(to);
  if (room == nullptr) return complain("nobody can be called \"" + to + "\"", id);

  Message message(linphone_chat_room_create_empty_message(room));
  if (!path.empty()) {
    const Content file = file_content(path, command.value("name", "picture.png"), command.value("type", "image/png"));
    linphone_chat_message_add_file_content(message.get(), file.get());
  }
  if (!words.empty()) linphone_chat_message_add_utf8_text_content(message.get(), words.c_str());
  linphone_chat_message_add_callbacks(message.get(), callbacks_.get());
  LinphoneChatMessage* sending = message.get();
  sent_.emplace(sending, Sent{std::move(message), id});
  say({{"event", "sending"}, {"id", id}});
  linphone_chat_message_send(sending);
}

void Outbox::type(const std::string& to) {
  LinphoneChatRoom* room = phone_.room(to);
  if (room == nullptr) return complain("nobody can be called \"" + to + "\"");
  linphone_chat_room_compose(room);
}

void Outbox::on_state(LinphoneChatMessage* message, LinphoneChatMessageState state) {
  LinphoneChatMessageCbs* current = linphone_chat_message_get_current_callbacks(message);
  const auto& self = *static_cast<Outbox*>(linphone_chat_message_cbs_get_user_data(current));
  // In a basic room the message's id is the Call-ID; the call that is named after the Call-ID knows only received ones.
  say({{"event", "state"},
       {"id", self.sent_.at(message).id},
       {"state", word_for(state)},
       {"call_id", text(linphone_chat_message_get_message_id(message))}});
}

}  // namespace mmsgate_sim
