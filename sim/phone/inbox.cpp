// SPDX-License-Identifier: Apache-2.0
#include "phone/inbox.hpp"

#include <bctoolbox/crypto.h>
#include <array>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "phone/lines.hpp"

namespace mmsgate_sim {
namespace {

/// Calls `function` for each content.
template <typename Function>
void for_contents(LinphoneChatMessage* message, Function function) {
  for (const bctbx_list_t* each = linphone_chat_message_get_contents(message); each != nullptr; each = each->next) {
    function(static_cast<LinphoneContent*>(each->data));
  }
}

std::string sha256(const std::vector<char>& data) {
  std::array<std::uint8_t, 32> digest{};
  const std::vector<std::uint8_t> bytes(data.begin(), data.end());
  bctbx_sha256(bytes.data(), bytes.size(), digest.size(), digest.data());
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

Json file_of(LinphoneContent* content) {
  const std::string path = text(linphone_content_get_file_path(content));
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> data{std::istreambuf_iterator<char>(file), {}};
  return {{"name", text(linphone_content_get_name(content))},
          {"type", text(linphone_content_get_type(content)) + "/" + text(linphone_content_get_subtype(content))},
          {"path", path},
          {"size", data.size()},
          {"sha256", sha256(data)}};
}

/// Who it came from and how it is told apart from others.
Json head_of(LinphoneChatMessage* message, const char* event) {
  const LinphoneAddress* from = linphone_chat_message_get_from_address(message);
  return {{"event", event},
          {"from", text(linphone_address_get_username(from))},
          {"display", text(linphone_address_get_display_name(from))},
          {"sms_to", text(linphone_chat_message_get_custom_header(message, "X-SMS-To"))},
          {"call_id", text(linphone_chat_message_get_call_id(message))}};
}

void say_message(LinphoneChatMessage* message, const char* kind) {
  std::string words;
  Json files = Json::array();
  for_contents(message, [&](LinphoneContent* content) {
    if (linphone_content_is_file(content) != FALSE) files.push_back(file_of(content));
    if (linphone_content_is_text(content) != FALSE) words += text(linphone_content_get_utf8_text(content));
  });
  Json event = head_of(message, kind);
  event["text"] = words;
  event["files"] = files;
  say(event);
}

}  // namespace

Inbox::Inbox(Phone& phone)
    : phone_(phone),
      core_callbacks_(linphone_factory_create_core_cbs(linphone_factory_get())),
      message_callbacks_(linphone_factory_create_chat_message_cbs(linphone_factory_get())) {
  linphone_chat_message_cbs_set_user_data(message_callbacks_.get(), this);
  linphone_chat_message_cbs_set_msg_state_changed(message_callbacks_.get(), &Inbox::on_state);
  linphone_core_cbs_set_user_data(core_callbacks_.get(), this);
  linphone_core_cbs_set_message_received(core_callbacks_.get(), &Inbox::on_message);
  linphone_core_cbs_set_is_composing_received(core_callbacks_.get(), &Inbox::on_typing);
  linphone_core_add_callbacks(phone.core(), core_callbacks_.get());
}

Inbox::~Inbox() {
  linphone_core_remove_callbacks(phone_.core(), core_callbacks_.get());
  for (const auto& [message, owned] : fetching_) {
    linphone_chat_message_remove_callbacks(message, message_callbacks_.get());
  }
}

void Inbox::on_message(LinphoneCore* core, LinphoneChatRoom* /*room*/, LinphoneChatMessage* message) {
  LinphoneCoreCbs* current = linphone_core_get_current_callbacks(core);
  auto& self = *static_cast<Inbox*>(linphone_core_cbs_get_user_data(current));
  linphone_chat_message_add_callbacks(message, self.message_callbacks_.get());
  self.fetching_.emplace(message, linphone_chat_message_ref(message));
  self.fetch_next(message);
}

void Inbox::on_typing(LinphoneCore* /*core*/, LinphoneChatRoom* room) {
  say({{"event", "typing"},
       {"from", text(linphone_address_get_username(linphone_chat_room_get_peer_address(room)))},
       {"active", linphone_chat_room_is_remote_composing(room) != FALSE}});
}

void Inbox::on_state(LinphoneChatMessage* message, LinphoneChatMessageState state) {
  LinphoneChatMessageCbs* current = linphone_chat_message_get_current_callbacks(message);
  auto& self = *static_cast<Inbox*>(linphone_chat_message_cbs_get_user_data(current));
  if (!self.fetching_.contains(message)) return;
  if (state == LinphoneChatMessageStateFileTransferDone) self.fetch_next(message);
  if (state == LinphoneChatMessageStateFileTransferError) self.fail(message);
}

void Inbox::fetch_next(LinphoneChatMessage* message) {
  LinphoneContent* wanted = nullptr;
  for_contents(message, [&](LinphoneContent* content) {
    if (wanted == nullptr && linphone_content_is_file_transfer(content) != FALSE) wanted = content;
  });
  if (wanted == nullptr) {
    say_message(message, "received");
    fetching_.erase(message);
    return;
  }
  linphone_content_set_file_path(wanted, fmt::format("{}/received/{}", phone_.options().home, ++files_).c_str());
  if (linphone_chat_message_download_content(message, wanted) == FALSE) fail(message);
}

void Inbox::fail(LinphoneChatMessage* message) {
  say_message(message, "download_failed");
  fetching_.erase(message);
}

void Inbox::mark_read() {
  for (const bctbx_list_t* each = linphone_core_get_chat_rooms(phone_.core()); each != nullptr; each = each->next) {
    linphone_chat_room_mark_as_read(static_cast<LinphoneChatRoom*>(each->data));
  }
}

}  // namespace mmsgate_sim
