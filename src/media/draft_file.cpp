// SPDX-License-Identifier: Apache-2.0
#include "media/draft_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "media/measure.hpp"
#include "runtime/failpoint.hpp"
#include "runtime/files.hpp"

namespace mmsgate::media {
namespace {

constexpr mode_t kPrivateFile = 0600;
constexpr std::size_t kHeadBytes = 64;

std::unexpected<Error> cannot(const char* what, const std::filesystem::path& folder) {
  return fail(ErrorKind::transient, fmt::format("cannot {} in {}: {}", what, folder.string(), std::strerror(errno)));
}

}  // namespace

DraftFile::DraftFile(std::shared_ptr<Subfolders> folders, BlobId id, int fd, std::uint64_t most_bytes)
    : folders_(std::move(folders)), id_(std::move(id)), fd_(fd), most_bytes_(most_bytes) {}

Result<std::unique_ptr<Draft>> DraftFile::create(std::shared_ptr<Subfolders> folders, BlobId id,
                                                 std::uint64_t most_bytes) {
  const auto path = folders->incoming() / id.str();
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kPrivateFile);
  if (fd < 0) return cannot("make a file", folders->root());
  return std::unique_ptr<Draft>(new DraftFile(std::move(folders), std::move(id), fd, most_bytes));
}

std::unexpected<Error> DraftFile::failed(const char* what) const { return cannot(what, folders_->root()); }

DraftFile::~DraftFile() {
  ::close(fd_);
  if (!kept_) ::unlink(draft_path().c_str());
}

Result<std::uint64_t> DraftFile::write(std::string_view bytes) {
  if (written_ + bytes.size() > most_bytes_) {
    return fail(ErrorKind::limit, fmt::format("the file is larger than the {} bytes allowed", most_bytes_));
  }
  runtime::failpoint("media: before a write");
  if (!runtime::write_all(fd_, bytes)) return failed("write");
  written_ += bytes.size();
  return written_;
}

std::string DraftFile::head() const {
  std::array<char, kHeadBytes> bytes{};
  const ssize_t n = ::pread(fd_, bytes.data(), bytes.size(), 0);
  return n > 0 ? std::string(bytes.data(), static_cast<std::size_t>(n)) : std::string();
}

Result<Kept> DraftFile::keep() {
  auto kept = measure(fd_, id_);  // others may have written by the descriptor
  if (!kept) return failed("read back");
  if (kept->size > most_bytes_) {
    return fail(ErrorKind::limit, fmt::format("the file is larger than the {} bytes allowed", most_bytes_));
  }
  const auto path = folders_->path_of(id_);
  if (!folders_->make_for(id_)) return failed("make a folder");
  runtime::failpoint("media: before fsync");
  if (::fsync(fd_) != 0) return failed("write to the disk");
  runtime::failpoint("media: before the rename");
  if (::rename(draft_path().c_str(), path.c_str()) != 0) return failed("keep a file");
  kept_ = true;
  runtime::failpoint("media: after the rename");
  if (runtime::sync_folder(path.parent_path())) return *std::move(kept);
  // Nobody is told its name, so nobody would ever remove it.
  auto error = failed("write to the disk");
  ::unlink(path.c_str());
  return error;
}

}  // namespace mmsgate::media
