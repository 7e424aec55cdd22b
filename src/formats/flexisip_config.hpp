// SPDX-License-Identifier: Apache-2.0
// flexisip.conf, of which we need one option: which key wakes the phones of which Firebase project. Lines that we do
// not know are passed over: the file is Flexisip's, and it has read it. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::formats {

/// [module::PushNotification] firebase-service-accounts: by project, the file of its key. Empty: it is not set.
/// rejected: a pair that is not PROJECT:FILE, with its line.
[[nodiscard]] Result<std::map<std::string, std::string>> parse_firebase_keys(std::string_view text);

}  // namespace mmsgate::formats
