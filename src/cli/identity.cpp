// SPDX-License-Identifier: Apache-2.0
#include "cli/identity.hpp"

#include <sys/stat.h>

#include <cstdlib>

#include "runtime/process.hpp"
#include "runtime/user.hpp"

namespace mmsgate::cli {
namespace {

bool belongs_to(const std::string& file, const runtime::User& user) {
  struct stat there {};
  return ::stat(file.c_str(), &there) == 0 && (there.st_uid == user.id || there.st_gid == user.group);
}

}  // namespace

Result<bool> go_by_the_gateway(const std::string& config_file, Rights rights) {
  if (!runtime::is_almighty()) return true;
  const auto user = runtime::find_user(kGatewayUser);
  if (!user || !belongs_to(config_file, *user)) return true;
  ::setenv("HOME", user->home.c_str(), 1);
  return rights == Rights::gateways ? runtime::become(*user) : true;
}

}  // namespace mmsgate::cli
