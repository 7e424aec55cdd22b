// SPDX-License-Identifier: Apache-2.0
#include "store/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot_make(const fs::path& path, int error) {
  return fail(ErrorKind::transient,
              fmt::format("cannot make the database {}: {}", path.string(), std::strerror(error)));
}

}  // namespace

Result<std::string> make_file(const std::string& path) {
  std::error_code error;
  const fs::path file = fs::absolute(path, error);
  if (error) return cannot_make(path, error.value());
  if (const auto trouble = runtime::make_private_folder(file.parent_path())) {
    return cannot_make(trouble->folder, trouble->error);
  }
  const fs::path restoring = file.string() + std::string(kRestoring);
  if (!fs::exists(file, error) && fs::exists(restoring, error)) {
    return fail(ErrorKind::transient,
                fmt::format("the restore of a backup to {} was cut off: do it again, or remove {} "
                            "to begin with an empty database",
                            file.string(), restoring.string()));
  }
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0 && errno != EEXIST) return cannot_make(file, errno);
  if (fd >= 0) {
    ::close(fd);
    static_cast<void>(runtime::sync_folder(file.parent_path()));  // a new name is on disk when its folder is
  }
  const fs::path real = fs::canonical(file, error);
  if (error) return cannot_make(file, error.value());
  return real.string();
}

FileWatch::FileWatch(const std::string& path)
    : database_(watch(path)), log_(watch(path + "-wal")), shared_(watch(path + "-shm")) {}

FileWatch::Watched FileWatch::watch(std::string path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) found = {};
  return {std::move(path), found.st_dev, found.st_ino};
}

bool FileWatch::Watched::is_at(const std::string& name) const {
  struct stat found {};
  return ::stat(name.c_str(), &found) == 0 && found.st_dev == device && found.st_ino == inode;
}

void FileWatch::keep_apart() const {
  const bool is_another = !database_.is_there() && ::access(database_.path.c_str(), F_OK) == 0;
  for (const Watched* each : {&log_, &shared_}) {
    const std::string aside = each->path + std::string(kAside);
    if (is_another && each->is_there()) ::rename(each->path.c_str(), aside.c_str());
    if (!database_.is_there() || !each->is_at(aside)) continue;
    if (::access(each->path.c_str(), F_OK) != 0) ::rename(aside.c_str(), each->path.c_str());
  }
}

std::optional<Error> FileWatch::missing() const {
  for (const Watched* each : {&database_, &log_, &shared_}) {
    if (each->is_there()) continue;
    return Error{ErrorKind::transient,
                 fmt::format("the database file {} is gone or another one is in its place: put it "
                             "back, or restart mmsgate to begin with what is there now",
                             each->path)};
  }
  return std::nullopt;
}

}  // namespace mmsgate::store
