// SPDX-License-Identifier: Apache-2.0
// Who this process is to the machine. For the main thread, before there are others.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "core/error.hpp"

namespace mmsgate::runtime {

/// A line of passwd(5).
struct User {
  std::string name;
  std::string home;
  uid_t id = 0;
  gid_t group = 0;
};

/// Nothing: there is none of this name.
[[nodiscard]] std::optional<User> find_user(const std::string& name);

/// The name of whoever this process acts as; its number where it has none.
[[nodiscard]] std::string own_name();

/// Root is `user` from now on, for good, with that user's groups alone. HOME stays as it is.
[[nodiscard]] Result<bool> become(const User& user);

/// Root acts as `user` while this lives: what it opens, it opens with that user's rights.
class Acting {
 public:
  explicit Acting(const User& user);
  Acting(const Acting&) = delete;
  Acting& operator=(const Acting&) = delete;
  ~Acting();

  /// False: it is root still, and must open nothing that `user` may have put in its way.
  [[nodiscard]] bool holds() const { return holds_; }

 private:
  bool holds_;
};

}  // namespace mmsgate::runtime
