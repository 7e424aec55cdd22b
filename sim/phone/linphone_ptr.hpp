// SPDX-License-Identifier: Apache-2.0
// Owners of what liblinphone counts references of.
#pragma once

#include <linphone/core.h>

#include <memory>
#include <string>

namespace mmsgate_sim {

template <auto Function>
struct Unref {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};
template <typename T, auto Function>
using Owned = std::unique_ptr<T, Unref<Function>>;

using Account = Owned<LinphoneAccount, linphone_account_unref>;
using AccountParams = Owned<LinphoneAccountParams, linphone_account_params_unref>;
using Address = Owned<LinphoneAddress, linphone_address_unref>;
using AuthInfo = Owned<LinphoneAuthInfo, linphone_auth_info_unref>;
using Config = Owned<LinphoneConfig, linphone_config_unref>;
using Content = Owned<LinphoneContent, linphone_content_unref>;
using Core = Owned<LinphoneCore, linphone_core_unref>;
using CoreCallbacks = Owned<LinphoneCoreCbs, linphone_core_cbs_unref>;
using Message = Owned<LinphoneChatMessage, linphone_chat_message_unref>;
using MessageCallbacks = Owned<LinphoneChatMessageCbs, linphone_chat_message_cbs_unref>;
using Transports = Owned<LinphoneTransports, linphone_transports_unref>;

/// liblinphone's strings may be missing.
inline std::string text(const char* s) { return s == nullptr ? "" : s; }

}  // namespace mmsgate_sim
