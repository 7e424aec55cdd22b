// SPDX-License-Identifier: Apache-2.0
#include "ops/pusher.hpp"

#include <chrono>
#include <cstdlib>

#include <fmt/format.h>

#include "formats/flexisip_config.hpp"
#include "runtime/files.hpp"

namespace mmsgate::ops {
namespace {

constexpr auto kTime = std::chrono::seconds(30);

/// The tool knows one variable: where its log goes, for those who may not write to its folder.
std::vector<std::string> environment() {
  std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LC_ALL=C"};
  if (const char* log = std::getenv("FS_LOG_DIR")) variables.push_back(fmt::format("FS_LOG_DIR={}", log));
  return variables;
}

}  // namespace

Result<std::vector<std::string>> Pusher::command_for(const PushTarget& phone) const {
  std::vector<std::string> command{program_,    "--pn-provider", phone.provider, "--pn-param",
                                   phone.param, "--pn-prid",     phone.prid};
  // Apple's certificates lie where Flexisip itself looks for them; the tool needs no word of it.
  if (phone.provider == "apns" || phone.provider == "apns.dev") return command;
  if (phone.provider != "fcm") {
    return fail(ErrorKind::rejected, fmt::format("flexisip_pusher does not know the provider {}", phone.provider));
  }
  const auto key = keys_.find(phone.param);
  if (key == keys_.end()) {
    return fail(ErrorKind::rejected,
                fmt::format("flexisip.conf has no key for {} ([module::PushNotification] firebase-service-accounts)",
                            phone.param));
  }
  command.insert(command.end(), {"--key", key->second});
  return command;
}

Result<Ended> Pusher::wake(const PushTarget& phone) const {
  const auto command = command_for(phone);
  return command ? run_child(*command, environment(), kTime) : std::unexpected(command.error());
}

Result<std::map<std::string, std::string>> load_push_keys(const std::string& flexisip_config) {
  const auto text = runtime::read_file(flexisip_config);
  if (!text) {
    return fail(ErrorKind::transient,
                fmt::format("cannot read {}, which names the keys for push: say where it is with --flexisip-config",
                            flexisip_config));
  }
  auto keys = formats::parse_firebase_keys(*text);
  if (!keys) return fail(ErrorKind::rejected, fmt::format("{}: {}", flexisip_config, keys.error().detail));
  return keys;
}

}  // namespace mmsgate::ops
