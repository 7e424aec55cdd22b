// SPDX-License-Identifier: Apache-2.0
#include "media/subfolders.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <charconv>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::media {

std::filesystem::path Subfolders::folder_of(std::uint8_t first) const { return root_ / fmt::format("{:02x}", first); }

bool Subfolders::make_for(const BlobId& id) {
  constexpr mode_t kPrivateFolder = 0700;
  const bool is_new = ::mkdir(path_of(id).parent_path().c_str(), kPrivateFolder) == 0;
  if (!is_new && errno != EEXIST) return false;
  std::uint8_t first = 0;
  std::from_chars(id.str().data(), id.str().data() + 2, first, 16);
  // One that was there already may be another thread's that has not come to its fsync yet.
  if (!is_new && on_disk_[first]) return true;
  if (!runtime::sync_folder(root_)) return false;
  on_disk_[first] = true;
  return true;
}

}  // namespace mmsgate::media
