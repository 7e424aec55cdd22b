// SPDX-License-Identifier: Apache-2.0
#include "media/subfolders.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include <fmt/format.h>

namespace mmsgate::media {

bool sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool is_synced = ::fsync(fd) == 0;
  const int error = errno;
  ::close(fd);
  errno = error;
  return is_synced;
}

std::filesystem::path Subfolders::folder_of(std::uint8_t first) const { return root_ / fmt::format("{:02x}", first); }

bool Subfolders::make_for(const BlobId& id) {
  constexpr mode_t kPrivateFolder = 0700;
  const bool is_new = ::mkdir(path_of(id).parent_path().c_str(), kPrivateFolder) == 0;
  if (!is_new && errno != EEXIST) return false;
  std::uint8_t first = 0;
  std::from_chars(id.str().data(), id.str().data() + 2, first, 16);
  // One that was there already may be another thread's that has not come to its fsync yet.
  if (!is_new && on_disk_[first]) return true;
  if (!sync_folder(root_)) return false;
  on_disk_[first] = true;
  return true;
}

}  // namespace mmsgate::media
