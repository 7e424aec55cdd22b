// SPDX-License-Identifier: Apache-2.0
#include "backup/building_site.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "backup/room.hpp"
#include "runtime/failpoint.hpp"
#include "runtime/files.hpp"
#include "store/file.hpp"

namespace mmsgate::backup {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivateFile = 0600;
constexpr mode_t kPrivateFolder = 0700;

std::unexpected<Error> cannot(const char* what, const fs::path& path) {
  return fail(ErrorKind::transient, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

/// From the root on, so that each has a folder, which is written to the disk after it.
Result<std::string> whole(const std::string& path) {
  std::error_code error;
  const fs::path found = fs::absolute(path, error);
  if (!error) return found.string();
  return fail(ErrorKind::transient,
              fmt::format("cannot tell where {} is: {}; name it from the root on (/...)", path, error.message()));
}

Result<runtime::Descriptor> make_file_at(const fs::path& path) {
  runtime::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kPrivateFile));
  if (!file.is_open()) return cannot("make", path);
  return file;
}

/// A log that is left without its database would be taken for the new one's.
Result<bool> check_is_free(const std::string& database) {
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
    const std::string path = database + ending;
    std::error_code ignored;
    if (fs::symlink_status(path, ignored).type() == fs::file_type::not_found) continue;
    return fail(ErrorKind::rejected, fmt::format("{} is there, and nothing is written over: move it away", path));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<BuildingSite>> BuildingSite::open(const std::string& database, const std::string& media_folder,
                                                         Random& random) {
  const auto whole_database = whole(database);
  if (!whole_database) return std::unexpected(whole_database.error());
  const auto whole_folder = whole(media_folder);
  if (!whole_folder) return std::unexpected(whole_folder.error());
  if (auto free = check_is_free(*whole_database); !free) return std::unexpected(free.error());
  auto lock = media::open_folder(*whole_folder, 0, random, media::Drafts::are_left_alone);
  if (!lock) return std::unexpected(lock.error());
  std::unique_ptr<BuildingSite> site(new BuildingSite(*whole_database, *whole_folder, *std::move(lock)));
  site->clear();
  return site;
}

BuildingSite::BuildingSite(std::string database, std::string media_folder, std::unique_ptr<media::BlobStore> lock)
    : database_(std::move(database)),
      restoring_(database_ + std::string(store::kRestoring)),
      folders_(std::move(media_folder)),
      files_(folders_.incoming() / media::kRestoringFolder),
      moved_(files_ / "moved"),
      lock_(std::move(lock)) {}

BuildingSite::~BuildingSite() {
  if (!is_decided_) clear();
}

/// Only what is known to be a restore's: where it had begun to move its files, exactly those.
void BuildingSite::clear() {
  std::error_code ignored;
  if (fs::exists(restoring_, ignored)) {
    std::ifstream moved(moved_);
    for (std::string name; std::getline(moved, name);) {
      const auto id = BlobId::parse(name);
      if (!id) continue;  // the last line, cut off: nothing is moved before all are written
      const fs::path path = folders_.path_of(*id);
      ::unlink(path.c_str());
      ::rmdir(path.parent_path().c_str());
    }
  }
  runtime::failpoint("restore: before its leftovers go");
  fs::remove_all(files_, ignored);
  ::unlink((restoring_ + "-journal").c_str());
  // The last, since it says that the others may go.
  ::unlink(restoring_.c_str());
}

Result<runtime::Descriptor> BuildingSite::make_database(std::uint64_t size) {
  const fs::path folder = fs::path(restoring_).parent_path();
  if (auto room = check_room(folder.string(), size); !room) return std::unexpected(room.error());
  auto file = make_file_at(restoring_);
  runtime::failpoint("restore: a database is begun");
  if (file && !runtime::sync_folder(folder)) return cannot("write to the disk", folder);
  return file;
}

Result<bool> BuildingSite::begin_media() {
  std::error_code error;
  for (fs::directory_iterator it(folders_.root(), error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    if (it->path() == folders_.incoming() || it->path().filename() == "lost+found") continue;
    return fail(ErrorKind::rejected, fmt::format("the media folder {} is not empty ({}), and nothing is written over: "
                                                 "move away what is in it",
                                                 folders_.root().string(), it->path().filename().string()));
  }
  if (error)
    return fail(ErrorKind::transient, fmt::format("cannot read {}: {}", folders_.root().string(), error.message()));
  if (::mkdir(files_.c_str(), kPrivateFolder) != 0) return cannot("make", files_);
  return true;
}

Result<runtime::Descriptor> BuildingSite::make_file(const BlobId& id, std::uint64_t size) {
  if (ids_.empty()) {
    if (auto begun = begin_media(); !begun) return std::unexpected(begun.error());
  }
  if (auto room = check_room(files_.string(), size); !room) return std::unexpected(room.error());
  const fs::path folder = files_ / id.str().substr(0, 2);
  if (::mkdir(folder.c_str(), kPrivateFolder) != 0 && errno != EEXIST) return cannot("make", folder);
  ids_.push_back(id);
  return make_file_at(folder / id.str());
}

Result<bool> BuildingSite::note_moves() const {
  std::string names;
  for (const BlobId& id : ids_) names += id.str() + "\n";
  auto file = make_file_at(moved_);
  if (!file) return std::unexpected(file.error());
  if (!runtime::write_all(file->get(), names)) return cannot("write", moved_);
  // All that lies on that disk, with one call: one for each of a million files would take hours.
  if (::syncfs(file->get()) != 0) return cannot("write to the disk", moved_);
  return true;
}

Result<bool> BuildingSite::put_files() {
  const runtime::Descriptor database(::open(restoring_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!database.is_open() || ::fsync(database.get()) != 0) return cannot("write to the disk", restoring_);
  if (ids_.empty()) return true;
  runtime::failpoint("restore: before the moves are noted");
  if (auto noted = note_moves(); !noted) return noted;
  std::error_code error;
  for (fs::directory_iterator it(files_, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    if (it->path() == moved_) continue;
    runtime::failpoint("restore: before a move");
    const fs::path to = folders_.root() / it->path().filename();
    if (::rename(it->path().c_str(), to.c_str()) != 0) return cannot("put in place", to);
  }
  if (error) return fail(ErrorKind::transient, fmt::format("cannot read {}: {}", files_.string(), error.message()));
  if (!runtime::sync_folder(folders_.root())) return cannot("write to the disk", folders_.root());
  return true;
}

Result<bool> BuildingSite::decide() {
  runtime::failpoint("restore: before it is decided");
  if (::rename(restoring_.c_str(), database_.c_str()) != 0) return cannot("put in place", database_);
  is_decided_ = true;
  runtime::failpoint("restore: after it is decided");
  const bool is_on_disk = runtime::sync_folder(fs::path(database_).parent_path());
  const int error = errno;
  std::error_code ignored;
  fs::remove_all(files_, ignored);
  errno = error;
  if (!is_on_disk) return cannot("write to the disk", database_);
  return true;
}

}  // namespace mmsgate::backup
