// SPDX-License-Identifier: Apache-2.0
#include "backup/part_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "media/subfolders.hpp"
#include "runtime/failpoint.hpp"
#include "runtime/files.hpp"

namespace mmsgate::backup {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0600;

/// rename(2), which does not take what is there away; where the file system cannot promise that, after a look.
bool rename_to(const std::string& from, const std::string& to, bool may_replace) {
  if (may_replace) return ::rename(from.c_str(), to.c_str()) == 0;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno != EINVAL && errno != ENOSYS) return false;
  if (::access(to.c_str(), F_OK) == 0) errno = EEXIST;
  return errno != EEXIST && ::rename(from.c_str(), to.c_str()) == 0;
}

std::string database_beside(const std::string& part) { return part + "-db"; }

/// What belongs to it first: without it nobody would know of the rest.
void remove_part(const std::string& part) {
  const std::string database = database_beside(part);
  ::unlink((database + "-journal").c_str());
  ::unlink(database.c_str());
  ::unlink(part.c_str());
}

}  // namespace

void remove_leftovers(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    const std::string path = it->path().string();
    if (!path.ends_with(kPartEnding)) continue;
    const runtime::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (file.is_open() && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) remove_part(path);
  }
}

PartFile::PartFile(std::string name, runtime::Descriptor file)
    : name_(std::move(name)), path_(name_ + std::string(kPartEnding)), file_(std::move(file)) {}

PartFile::PartFile(PartFile&& other) noexcept
    : name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      file_(std::move(other.file_)),
      is_here_(std::exchange(other.is_here_, false)) {}

PartFile::~PartFile() {
  if (is_here_) remove_part(path_);
}

Result<PartFile> PartFile::make(const std::string& name) {
  const std::string path = name + std::string(kPartEnding);
  runtime::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!file.is_open() && errno == EEXIST) {
    return fail(ErrorKind::rejected, fmt::format("{} is being written just now: is another backup being made?", path));
  }
  if (!file.is_open() || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorKind::transient, fmt::format("cannot make {}: {}", path, std::strerror(errno)));
  }
  return PartFile(name, std::move(file));
}

std::string PartFile::database() const { return database_beside(path_); }

std::unexpected<Error> PartFile::failed(const char* what) const {
  return fail(ErrorKind::transient, fmt::format("cannot {} {}: {}", what, name_, std::strerror(errno)));
}

Result<bool> PartFile::keep(bool may_replace) {
  runtime::failpoint("backup: before fsync");
  if (::fsync(file_.get()) != 0) return failed("write to the disk");
  ::unlink(database().c_str());
  runtime::failpoint("backup: before the rename");
  if (!rename_to(path_, name_, may_replace)) return failed("put in place");
  is_here_ = false;
  runtime::failpoint("backup: after the rename");
  if (!runtime::sync_folder(fs::path(name_).parent_path())) return failed("write to the disk");
  return true;
}

}  // namespace mmsgate::backup
