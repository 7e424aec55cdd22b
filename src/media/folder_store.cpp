// SPDX-License-Identifier: Apache-2.0
// The folder: FOLDER/incoming holds drafts, FOLDER/ab/ab34... the files, two hex digits a subfolder so that none grows
// large.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "media/blob_store.hpp"
#include "media/draft_file.hpp"

namespace mmsgate::media {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivateFolder = 0700;

class FolderStore final : public BlobStore {
 public:
  FolderStore(fs::path folder, std::uint64_t most_bytes, Random& random)
      : folder_(std::move(folder)), most_bytes_(most_bytes), random_(random) {}

  Result<std::unique_ptr<Draft>> draft() override {
    return DraftFile::create(folder_, BlobId::make(random_), most_bytes_);
  }

  Result<int> open(const BlobId& id) const override {
    const int fd = ::open(path_of(folder_, id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) return fd;
    if (errno == ENOENT) return fail(ErrorKind::rejected, "there is no such file");
    return fail(ErrorKind::transient,
                fmt::format("cannot open a file of {}: {}", folder_.string(), std::strerror(errno)));
  }

  Result<bool> remove(const BlobId& id) override {
    if (::unlink(path_of(folder_, id).c_str()) == 0) return true;
    if (errno == ENOENT) return false;
    return fail(ErrorKind::transient,
                fmt::format("cannot remove a file of {}: {}", folder_.string(), std::strerror(errno)));
  }

 private:
  const fs::path folder_;
  const std::uint64_t most_bytes_;
  Random& random_;
};

Result<bool> make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), kPrivateFolder) == 0 || errno == EEXIST) return true;
  return fail(ErrorKind::transient, fmt::format("cannot make the media folder {} ([web] localmedia): {}",
                                                folder.string(), std::strerror(errno)));
}

}  // namespace

Result<std::unique_ptr<BlobStore>> open_folder(const std::string& folder, std::uint64_t most_bytes, Random& random) {
  const fs::path root = fs::absolute(folder);
  const fs::path incoming = root / kIncoming;
  for (const fs::path& each : {root, incoming}) {
    if (const auto made = make_folder(each); !made) return std::unexpected(made.error());
  }
  if (::access(incoming.c_str(), W_OK | X_OK) != 0) {
    return fail(ErrorKind::transient, fmt::format("cannot write into the media folder {} ([web] localmedia): {}",
                                                  root.string(), std::strerror(errno)));
  }
  // Nobody knows of what a crash left half written.
  std::error_code error;
  for (const auto& leftover : fs::directory_iterator(incoming, error)) fs::remove(leftover.path(), error);
  return std::make_unique<FolderStore>(root, most_bytes, random);
}

}  // namespace mmsgate::media
