// SPDX-License-Identifier: Apache-2.0
#include "backup/room.hpp"

#include <sys/statvfs.h>

#include <fmt/format.h>

namespace mmsgate::backup {

Result<bool> check_room(const std::string& folder, std::uint64_t bytes) {
  constexpr std::uint64_t kToSpare = 1U << 20;
  struct statvfs disk {};
  if (::statvfs(folder.c_str(), &disk) != 0) return true;
  const std::uint64_t left = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (left >= bytes + kToSpare) return true;
  return fail(ErrorKind::transient,
              fmt::format("the disk of {} has {:.1f} MB left, and {:.1f} MB are needed", folder,
                          static_cast<double>(left) / 1e6, static_cast<double>(bytes + kToSpare) / 1e6));
}

}  // namespace mmsgate::backup
