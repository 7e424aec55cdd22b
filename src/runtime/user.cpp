// SPDX-License-Identifier: Apache-2.0
#include "runtime/user.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

namespace mmsgate::runtime {

std::optional<User> find_user(const std::string& name) {
  const passwd* found = ::getpwnam(name.c_str());
  if (found == nullptr) return std::nullopt;
  return User{.name = name, .home = found->pw_dir, .id = found->pw_uid, .group = found->pw_gid};
}

std::string own_name() {
  const passwd* found = ::getpwuid(::geteuid());
  return found != nullptr ? found->pw_name : std::to_string(::geteuid());
}

Result<bool> become(const User& user) {
  // The kernel hides a process that changes its user from that user, and keeps it from leaving a core file (prctl(2));
  // what was wanted of both stays.
  const int dumpable = ::prctl(PR_GET_DUMPABLE);
  // In this order: once the user is another, the groups cannot be changed any more. All three of each kind, so that
  // there is no way back (setresuid(2)).
  if (::initgroups(user.name.c_str(), user.group) == 0 && ::setresgid(user.group, user.group, user.group) == 0 &&
      ::setresuid(user.id, user.id, user.id) == 0) {
    if (dumpable == 0 || dumpable == 1) ::prctl(PR_SET_DUMPABLE, dumpable);
    return true;
  }
  return fail(ErrorKind::bug, fmt::format("cannot become the user {}: {}", user.name, std::strerror(errno)));
}

Acting::Acting(const User& user) : holds_(::setegid(user.group) == 0 && ::seteuid(user.id) == 0) {}

Acting::~Acting() {
  // The user first: only root may change its group to what it wants.
  if (::seteuid(0) != 0 || ::setegid(0) != 0) std::abort();  // root as somebody else is nobody to go on as
}

}  // namespace mmsgate::runtime
