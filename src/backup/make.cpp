// SPDX-License-Identifier: Apache-2.0
#include "backup/make.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "backup/archive_writer.hpp"
#include "backup/part_file.hpp"
#include "backup/room.hpp"
#include "backup/target.hpp"
#include "media/hold.hpp"
#include "media/subfolders.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/failpoint.hpp"
#include "store/copy.hpp"
#include "version.hpp"

namespace mmsgate::backup {
namespace {

constexpr auto kPatience = std::chrono::minutes(10);  // for who removes files just now
constexpr std::uint64_t kAroundAFile = 1024;          // what a tar has for each, and the list at its end
constexpr mode_t kOwnerOnly = 0600;

std::unexpected<Error> cannot_read(const std::string& path) {
  return fail(ErrorKind::transient, fmt::format("cannot read {}: {}", path, std::strerror(errno)));
}

runtime::Descriptor open_file(const std::string& path) {
  return runtime::Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

class Maker {
 public:
  Maker(const Source& source, const Wish& wish, Target target, TimePoint now, const Progress& progress)
      : source_(source), wish_(wish), target_(std::move(target)), now_(now), progress_(progress) {}

  Result<Made> make() {
    remove_leftovers(target_.folder);
    // For standard output it holds nothing, and is the name and the lock of what lies beside it.
    auto part =
        PartFile::make(target_.file.empty() ? fmt::format("{}/mmsgate-{}", target_.folder, ::getpid()) : target_.file);
    if (!part) return std::unexpected(part.error());
    // Before the copy, and as long as we read: what the copy names is there, and stays.
    runtime::Descriptor held;
    if (wish_.with_media) {
      auto hold = media::hold_files(source_.media_folder, kPatience);
      if (!hold) return std::unexpected(hold.error());
      held = *std::move(hold);
    }
    auto blobs = copy(part->database());
    if (!blobs) return std::unexpected(blobs.error());
    const int fd = target_.file.empty() ? STDOUT_FILENO : part->fd();
    if (auto written = write(fd, part->database(), *blobs); !written) return std::unexpected(written.error());
    if (target_.file.empty()) return std::move(made_);
    if (auto kept = part->keep(wish_.may_replace); !kept) return std::unexpected(kept.error());
    made_.file = target_.file;
    if (wish_.keep > 0) made_.removed = remove_old(target_.folder, wish_.keep);
    return std::move(made_);
  }

 private:
  /// Answers the files that it names.
  Result<std::vector<store::Blob>> copy(const std::string& to) {
    const auto bytes = store::copy_bytes(source_.database);
    if (!bytes) return std::unexpected(bytes.error());
    if (auto room = check_room(target_.folder, *bytes); !room) return std::unexpected(room.error());
    const runtime::Descriptor file(
        ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
    if (!file.is_open()) return fail(ErrorKind::transient, fmt::format("cannot make {}: {}", to, std::strerror(errno)));
    runtime::failpoint("backup: before the database is copied");
    if (auto copied = store::copy_database(source_.database, to); !copied) return std::unexpected(copied.error());
    runtime::failpoint("backup: after the database is copied");
    auto blobs = store::check_copy(to);
    if (!blobs || !wish_.with_media) return blobs ? std::vector<store::Blob>() : std::move(blobs);
    for (const store::Blob& blob : *blobs) all_ += blob.size + kAroundAFile;
    return blobs;
  }

  Result<bool> write(int fd, const std::string& database, const std::vector<store::Blob>& blobs) {
    struct stat about {};
    if (::stat(database.c_str(), &about) == 0) all_ += static_cast<std::uint64_t>(about.st_size);
    const bool is_known = !target_.file.empty() && target_.packing == Packing::none;
    if (auto room = check_room(target_.folder, is_known ? all_ : 0); !room) return room;
    auto begun = ArchiveWriter::begin(fd, target_.packing);
    if (!begun) return std::unexpected(begun.error());
    ArchiveWriter& writer = *begun;
    manifest_ = {.version = std::string(kVersion), .made_at = rfc3339(now_), .has_media = wish_.with_media};
    // The config first: it says where on the new machine the others go.
    if (wish_.with_config) {
      if (auto added = add(writer, std::string(formats::kBackupConfig), source_.config_file); !added) return added;
    }
    if (auto added = add(writer, std::string(formats::kBackupDatabase), database); !added) return added;
    for (const store::Blob& blob : blobs) {
      if (auto added = add_blob(writer, blob); !added) return added;
    }
    made_.bytes = done_;
    const std::string list = formats::write_backup_manifest(manifest_);
    auto last = writer.add_text(std::string(formats::kBackupManifest), list, now_);
    if (!last) return std::unexpected(last.error());
    progress_(all_, all_);  // what was missing is not waited for
    return writer.end();
  }

  Result<bool> add(ArchiveWriter& writer, const std::string& name, const std::string& path) {
    // A config file may be a link of its owner's.
    const runtime::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.is_open()) return cannot_read(path);
    return keep(writer.add(name, file.get(), now_));
  }

  Result<bool> add_blob(ArchiveWriter& writer, const store::Blob& blob) {
    const std::string path = media::Subfolders(source_.media_folder).path_of(blob.id).string();
    const runtime::Descriptor file = open_file(path);
    if (!file.is_open() && errno == ENOENT) {
      // A person removed it, or a crash came between a file and its row: the copy is true to that.
      manifest_.missing.push_back(blob.id);
      made_.missing.push_back(blob.id.str());
      return true;
    }
    if (!file.is_open()) return cannot_read(path);
    if (auto kept = keep(writer.add(formats::backup_name(blob.id), file.get(), blob.created_at)); !kept) return kept;
    ++made_.files;
    if (manifest_.files.back().sha256 != blob.sha256) made_.spoilt.push_back(blob.id.str());
    return true;
  }

  Result<bool> keep(Result<formats::BackupFile> file) {
    if (!file) return std::unexpected(file.error());
    done_ += file->size;
    progress_(done_, all_);
    manifest_.files.push_back(*std::move(file));
    return true;
  }

  const Source& source_;
  const Wish& wish_;
  const Target target_;
  const TimePoint now_;
  const Progress& progress_;
  std::uint64_t all_ = 0, done_ = 0;
  formats::BackupManifest manifest_;
  Made made_;
};

}  // namespace

Result<Made> make_backup(const Source& source, const Wish& wish, TimePoint now, const Progress& progress) {
  auto target = choose_target(source, wish, now);
  if (!target) return std::unexpected(target.error());
  return Maker(source, wish, *std::move(target), now, progress).make();
}

}  // namespace mmsgate::backup
