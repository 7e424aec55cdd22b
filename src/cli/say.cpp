// SPDX-License-Identifier: Apache-2.0
#include "cli/say.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "cli/printable.hpp"
#include "runtime/user.hpp"

namespace mmsgate::cli {
namespace {

/// Root's commands are done as the gateway's user (cli/identity.hpp): who is not allowed something wants to know who.
std::string with_who(const std::string& reason) {
  if (reason.find(std::strerror(EACCES)) == std::string::npos) return reason;
  return fmt::format("{} (as the user {})", reason, runtime::own_name());
}

}  // namespace

int say(const std::string& reason, int code) {
  std::fputs(fmt::format("mmsgate: {}\n", printable(with_who(reason))).c_str(),
             stderr);  // throws nothing where that is closed
  return code;
}

}  // namespace mmsgate::cli
