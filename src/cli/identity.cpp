// SPDX-License-Identifier: Apache-2.0
#include "cli/identity.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "runtime/process.hpp"

namespace mmsgate::cli {
namespace {

/// Whose the config is, when it is root who asks. Nothing: root's own, or it is not root.
struct Gateway {
  runtime::User user;
  bool may_change_config = false;
};
std::optional<Gateway> gateway_of(const std::string& config_file) {
  if (!runtime::is_almighty()) return std::nullopt;
  auto user = runtime::find_user(kGatewayUser);
  struct stat there {};
  if (!user || ::stat(config_file.c_str(), &there) != 0) return std::nullopt;
  if (there.st_uid != user->id && there.st_gid != user->group) return std::nullopt;
  const bool is_open = there.st_uid != 0 || (there.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  return Gateway{.user = *std::move(user), .may_change_config = is_open};
}

}  // namespace

Result<bool> go_by_the_gateway(const std::string& config_file, Rights rights) {
  const auto gateway = gateway_of(config_file);
  if (!gateway) return true;
  ::setenv("HOME", gateway->user.home.c_str(), 1);
  if (rights == Rights::callers && !gateway->may_change_config) return true;
  return runtime::become(gateway->user);
}

PlainLook::PlainLook(const std::string& config_file) {
  if (const auto gateway = gateway_of(config_file)) acting_.emplace(gateway->user);
}

}  // namespace mmsgate::cli
