// SPDX-License-Identifier: Apache-2.0
// A thread without root's rights, for a while.
#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace mmsgate::testing_support {

/// While it lives, this thread and those that it begins are the user nobody, where they were root. (Linux keeps a user
/// for each thread; glibc's functions would change all of them.)
class AsNobody {
 public:
  AsNobody() { become(65534); }
  ~AsNobody() { become(before_); }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;

 private:
  void become(uid_t user) const {
    if (before_ == 0) ::syscall(SYS_setresuid, -1, user, -1);
  }
  const uid_t before_ = ::geteuid();
};

}  // namespace mmsgate::testing_support
