// SPDX-License-Identifier: Apache-2.0
#include "media/old_files.hpp"

#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "media/sniff.hpp"

namespace mmsgate::media {

namespace fs = std::filesystem;

Result<std::vector<OldFile>> find_old_files(const std::string& folder) {
  std::vector<OldFile> files;
  std::error_code error;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    auto id = BlobId::parse_uuid(it->path().stem().string());
    struct stat about {};
    // What a link points to is not looked at: it could be anybody's.
    if (!id || ::lstat(it->path().c_str(), &about) != 0 || !S_ISREG(about.st_mode)) continue;
    files.push_back({.path = it->path().string(),
                     .ending = it->path().extension().string(),
                     .id = *std::move(id),
                     .changed = from_unix_ms(std::int64_t{about.st_mtime} * 1000)});
  }
  if (!error || error == std::errc::no_such_file_or_directory) return files;
  return fail(ErrorKind::transient, fmt::format("cannot read the media folder {}: {}", folder, error.message()));
}

std::string type_of(const OldFile& file) {
  std::array<char, 64> head{};
  std::ifstream bytes(file.path, std::ios::binary);
  bytes.read(head.data(), head.size());
  return settle_type(type_for(file.ending), {head.data(), static_cast<std::size_t>(bytes.gcount())});
}

}  // namespace mmsgate::media
