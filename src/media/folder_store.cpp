// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "media/blob_store.hpp"
#include "media/draft_file.hpp"
#include "media/hold.hpp"
#include "media/measure.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/files.hpp"

namespace mmsgate::media {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivateFolder = 0700;

class FolderStore final : public BlobStore {
 public:
  FolderStore(fs::path folder, std::uint64_t most_bytes, Random& random, runtime::Descriptor lock)
      : folders_(std::make_shared<Subfolders>(std::move(folder))),
        most_bytes_(most_bytes),
        random_(random),
        lock_(std::move(lock)) {
    ::clock_gettime(CLOCK_REALTIME_COARSE, &opened_at_);  // the clock that the kernel takes a file's times from
  }

  Result<std::unique_ptr<Draft>> draft() override {
    return DraftFile::create(folders_, BlobId::make(random_), most_bytes_);
  }

  Result<int> open(const BlobId& id) const override {
    const int fd = ::open(folders_->path_of(id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0) return fd;
    if (errno == ENOENT) return fail(ErrorKind::rejected, "there is no such file");
    return fail(ErrorKind::transient,
                fmt::format("cannot open a file of {}: {}", folders_->root().string(), std::strerror(errno)));
  }

  Result<bool> remove(const BlobId& id) override {
    if (::unlink(folders_->path_of(id).c_str()) == 0) return true;
    if (errno == ENOENT) return false;
    return fail(ErrorKind::transient,
                fmt::format("cannot remove a file of {}: {}", folders_->root().string(), std::strerror(errno)));
  }

  /// A folder that is made anew by hand has none for drafts: so a disk that is not mounted is told from an empty one.
  Result<bool> usable() const override {
    if (::access(folders_->incoming().c_str(), W_OK | X_OK) == 0) return true;
    const int error = errno;
    const char* what = error == ENOENT  ? "is its disk mounted? A new start of mmsgate makes what is missing"
                       : error == EROFS ? "its disk is mounted read-only; `dmesg` may say why"
                                        : "it must belong to the user that mmsgate runs as";
    return fail(ErrorKind::transient,
                fmt::format("no file can be kept in the media folder {} ([web] localmedia): {}: {}",
                            folders_->root().string(), std::strerror(error), what));
  }

  std::vector<BlobId> list(std::uint8_t first) const override {
    std::vector<BlobId> ids;
    std::error_code error;
    fs::directory_iterator it(folders_->folder_of(first), error);
    for (; !error && it != fs::directory_iterator(); it.increment(error)) {
      if (auto id = BlobId::parse(it->path().filename().string())) ids.push_back(*std::move(id));
    }
    return ids;
  }

  bool was_found(const BlobId& id) const override {
    struct stat file {};
    if (::lstat(folders_->path_of(id).c_str(), &file) != 0) return false;
    // Of all its times the only one that nobody sets: since it got its name.
    return file.st_ctim.tv_sec != opened_at_.tv_sec ? file.st_ctim.tv_sec < opened_at_.tv_sec
                                                    : file.st_ctim.tv_nsec < opened_at_.tv_nsec;
  }

  Result<runtime::Descriptor> hold_for_removal() const override {
    return media::hold_for_removal(folders_->root().string());
  }

  Result<Kept> adopt(const std::string& path, const BlobId& id) override {
    const fs::path ours = folders_->path_of(id);
    if (!folders_->make_for(id)) return cannot_adopt(path);
    if (::link(path.c_str(), ours.c_str()) != 0 && errno != EEXIST && !copy(path, ours)) return cannot_adopt(path);
    const int fd = ::open(ours.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return cannot_adopt(path);
    auto kept = measure(fd, id);
    const bool is_on_disk = kept && ::fsync(fd) == 0 && runtime::sync_folder(ours.parent_path());
    const int error = errno;
    ::close(fd);
    errno = error;
    return is_on_disk ? Result<Kept>(*std::move(kept)) : cannot_adopt(path);
  }

 private:
  /// Under a name that a crash leaves among the drafts, then whole under its own.
  [[nodiscard]] bool copy(const fs::path& from, const fs::path& to) const {
    const fs::path draft = folders_->incoming() / to.filename();
    std::error_code error;
    fs::copy_file(from, draft, fs::copy_options::overwrite_existing, error);
    if (!error) fs::rename(draft, to, error);
    errno = error.value();
    return !error;
  }
  [[nodiscard]] std::unexpected<Error> cannot_adopt(const std::string& path) const {
    return fail(ErrorKind::transient, fmt::format("cannot take the file {} into the media folder {}: {}", path,
                                                  folders_->root().string(), std::strerror(errno)));
  }

  const std::shared_ptr<Subfolders> folders_;
  const std::uint64_t most_bytes_;
  Random& random_;
  timespec opened_at_{};
  const runtime::Descriptor lock_;  ///< As long as we are here, nobody else clears the drafts away.
};

std::unexpected<Error> failed(const char* what, const fs::path& folder, int error) {
  return fail(ErrorKind::transient, fmt::format("cannot {} the media folder {} ([web] localmedia): {}", what,
                                                folder.string(), std::strerror(error)));
}

/// False: it was there already, and keeps its mode.
Result<bool> make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), kPrivateFolder) == 0) return true;
  if (errno == EEXIST) return false;
  return failed("make", folder, errno);
}

Result<bool> make_folders(const fs::path& root) {
  std::error_code ignored;  // mkdir says it better
  fs::create_directories(root.parent_path(), ignored);
  const auto made = make_folder(root);
  if (!made) return made;
  if (*made && !runtime::sync_folder(root.parent_path())) return failed("write down", root, errno);
  return make_folder(root / "incoming");
}

/// Nobody knows of what a crash left half written; what a restore left is of no use once there is a database.
void remove_leftovers(const fs::path& incoming) {
  std::error_code error;
  for (fs::directory_iterator it(incoming, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;
    fs::remove_all(it->path(), ignored);
  }
}

}  // namespace

Result<std::unique_ptr<BlobStore>> open_folder(const std::string& folder, std::uint64_t most_bytes, Random& random,
                                               Drafts drafts) {
  std::error_code error;
  fs::path root = fs::absolute(folder, error).lexically_normal();
  if (error) return failed("find", folder, error.value());
  if (!root.has_filename()) root = root.parent_path();  // "/media/" and "/media" are the same
  if (const auto made = make_folders(root); !made) return std::unexpected(made.error());
  if (::access((root / "incoming").c_str(), W_OK | X_OK) != 0) return failed("write into", root, errno);
  runtime::Descriptor lock;
  if (drafts != Drafts::may_be_alive) {
    lock = runtime::Descriptor(::open((root / "incoming").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
      return fail(ErrorKind::rejected, fmt::format("another gateway uses the media folder {}", root.string()));
    }
    if (drafts == Drafts::are_leftovers) remove_leftovers(root / "incoming");
  }
  return std::make_unique<FolderStore>(root, most_bytes, random, std::move(lock));
}

}  // namespace mmsgate::media
