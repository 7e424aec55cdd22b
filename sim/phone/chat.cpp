// SPDX-License-Identifier: Apache-2.0
#include "phone/chat.hpp"

#include <filesystem>

#include <fmt/format.h>

namespace mmsgate_sim {
namespace {

using Callbacks = std::unique_ptr<LinphoneChatMessageCbs, Unref<linphone_chat_message_cbs_unref>>;

/// The core's call-backs carry no pointer of ours in the form that matters here; there is one chat a process.
Chat* the_chat = nullptr;

std::string text(const char* s) { return s == nullptr ? "" : s; }

/// "LinphoneChatMessageStateDeliveredToUser": as the apps call it, without the prefix.
std::string word_for(LinphoneChatMessageState state) {
  constexpr std::string_view kPrefix = "LinphoneChatMessageState";
  const std::string name = text(linphone_chat_message_state_to_string(state));
  const auto at = name.find(kPrefix);
  return at == std::string::npos ? name : name.substr(at + kPrefix.size());
}

/// Calls `function` for each content.
template <typename Function>
void for_contents(LinphoneChatMessage* message, Function function) {
  for (const bctbx_list_t* each = linphone_chat_message_get_contents(message); each != nullptr; each = each->next) {
    function(static_cast<LinphoneContent*>(each->data));
  }
}

Json file_of(LinphoneContent* content) {
  const std::string path = text(linphone_content_get_file_path(content));
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return {{"name", text(linphone_content_get_name(content))},
          {"type", text(linphone_content_get_type(content)) + "/" + text(linphone_content_get_subtype(content))},
          {"path", path},
          {"size", error ? 0 : size}};
}

void watch(LinphoneChatMessage* message, LinphoneChatMessageCbsMsgStateChangedCb on_state) {
  const Callbacks callbacks(linphone_factory_create_chat_message_cbs(linphone_factory_get()));
  linphone_chat_message_cbs_set_msg_state_changed(callbacks.get(), on_state);
  linphone_chat_message_add_callbacks(message, callbacks.get());
}

}  // namespace

Chat::Chat(Phone& phone) : phone_(phone) {
  the_chat = this;
  std::unique_ptr<LinphoneCoreCbs, Unref<linphone_core_cbs_unref>> callbacks(
      linphone_factory_create_core_cbs(linphone_factory_get()));
  linphone_core_cbs_set_message_received(callbacks.get(), &Chat::on_message);
  linphone_core_add_callbacks(phone.core(), callbacks.get());
}

Chat::~Chat() {
  for (const auto& [message, id] : sent_) linphone_chat_message_unref(message);
  the_chat = nullptr;
}

void Chat::send(const Json& command) {
  const std::string id = command.value("id", "");
  LinphoneChatMessage* message = linphone_chat_room_create_empty_message(phone_.room(command.value("to", "")));
  if (command.contains("file")) {
    const std::string type = command.value("type", "image/png");
    const auto slash = type.find('/');
    LinphoneContent* content = linphone_factory_create_content(linphone_factory_get());
    linphone_content_set_type(content, type.substr(0, slash).c_str());
    linphone_content_set_subtype(content, type.substr(slash + 1).c_str());
    linphone_content_set_name(content, command.value("name", "picture.png").c_str());
    linphone_content_set_file_path(content, command["file"].get<std::string>().c_str());
    linphone_chat_message_add_file_content(message, content);
    linphone_content_unref(content);
  }
  if (const std::string words = command.value("text", ""); !words.empty()) {
    linphone_chat_message_add_utf8_text_content(message, words.c_str());
  }
  watch(message, &Chat::on_sent_state);
  sent_.emplace(message, id);
  say({{"event", "sending"}, {"id", id}});
  linphone_chat_message_send(message);
}

void Chat::on_sent_state(LinphoneChatMessage* message, LinphoneChatMessageState state) {
  if (the_chat == nullptr) return;
  const auto it = the_chat->sent_.find(message);
  if (it == the_chat->sent_.end()) return;
  say({{"event", "state"},
       {"id", it->second},
       {"state", word_for(state)},
       {"call_id", text(linphone_chat_message_get_call_id(message))}});
}

void Chat::on_message(LinphoneCore* /*core*/, LinphoneChatRoom* /*room*/, LinphoneChatMessage* message) {
  if (the_chat == nullptr) return;
  watch(message, &Chat::on_fetched_state);
  linphone_chat_message_ref(message);  // until it is said
  the_chat->fetch_next(message);
}

void Chat::on_fetched_state(LinphoneChatMessage* message, LinphoneChatMessageState state) {
  if (the_chat == nullptr) return;
  if (state == LinphoneChatMessageStateFileTransferDone) the_chat->fetch_next(message);
  if (state == LinphoneChatMessageStateFileTransferError) {
    say({{"event", "download_failed"}, {"call_id", text(linphone_chat_message_get_call_id(message))}});
  }
}

void Chat::fetch_next(LinphoneChatMessage* message) {
  LinphoneContent* wanted = nullptr;
  for_contents(message, [&](LinphoneContent* content) {
    if (wanted == nullptr && linphone_content_is_file_transfer(content) != FALSE) wanted = content;
  });
  if (wanted == nullptr) {
    say_received(message);
    linphone_chat_message_unref(message);
    return;
  }
  linphone_content_set_file_path(wanted, fmt::format("{}/received/{}", phone_.options().home, ++files_).c_str());
  linphone_chat_message_download_content(message, wanted);
}

void Chat::say_received(LinphoneChatMessage* message) const {
  std::string words;
  Json files = Json::array();
  for_contents(message, [&](LinphoneContent* content) {
    if (linphone_content_is_file(content) != FALSE) files.push_back(file_of(content));
    if (linphone_content_is_text(content) != FALSE) words += text(linphone_content_get_utf8_text(content));
  });
  const LinphoneAddress* from = linphone_chat_message_get_from_address(message);
  say({{"event", "received"},
       {"from", text(linphone_address_get_username(from))},
       {"display", text(linphone_address_get_display_name(from))},
       {"sms_to", text(linphone_chat_message_get_custom_header(message, "X-SMS-To"))},
       {"call_id", text(linphone_chat_message_get_call_id(message))},
       {"text", words},
       {"files", files}});
}

void Chat::mark_read() {
  for (const bctbx_list_t* each = linphone_core_get_chat_rooms(phone_.core()); each != nullptr; each = each->next) {
    linphone_chat_room_mark_as_read(static_cast<LinphoneChatRoom*>(each->data));
  }
}

}  // namespace mmsgate_sim
