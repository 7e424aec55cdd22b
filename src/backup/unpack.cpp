// SPDX-License-Identifier: Apache-2.0
#include "backup/unpack.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "runtime/failpoint.hpp"
#include "runtime/files.hpp"
#include "store/copy.hpp"

namespace mmsgate::backup {
namespace {

using formats::BackupFile;
using formats::BackupManifest;

std::unexpected<Error> damaged(std::string what) { return fail(ErrorKind::corrupt, std::move(what)); }

Result<bool> write_all(int fd, std::string_view bytes, const std::string& name) {
  if (runtime::write_all(fd, bytes)) return true;
  return fail(ErrorKind::transient, fmt::format("cannot write {}: {}", name, std::strerror(errno)));
}

/// Where we have unpacked it is of no use to a person.
Error as_of_the_backup(Error error, const std::string& copy) {
  const auto at = error.detail.find(copy);
  if (at != std::string::npos)
    error.detail.replace(at, copy.size(), at == 0 ? "what is in the backup" : "in the backup");
  return error;
}

class Unpacker {
 public:
  Unpacker(ArchiveReader reader, const OnConfig& on_config, const OpenFor& open_for)
      : reader_(std::move(reader)), on_config_(on_config), open_for_(open_for) {}

  Result<BackupManifest> run() {
    auto entry = read_config();
    if (entry && (!*entry || (*entry)->name != formats::kBackupDatabase)) {
      return damaged("the backup does not begin with a database");
    }
    while (entry && *entry && (*entry)->name != formats::kBackupManifest) {
      if (auto put = put_away(**entry); !put) return std::unexpected(put.error());
      entry = reader_.next();
      if (entry && *entry && !may_follow((*entry)->name)) return damaged("the backup is in no order that we make");
    }
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return damaged("the backup was cut off: the list at its end is missing");
    return read_list(**entry);
  }

 private:
  Result<std::string> read_text(const ArchiveReader::Entry& entry, BackupFile& file) {
    std::string text;
    auto read = reader_.read(entry, [&text](std::string_view piece) -> Result<bool> {
      text += piece;
      return true;
    });
    if (!read) return std::unexpected(read.error());
    file = *std::move(read);
    return text;
  }

  /// Answers what comes behind it.
  Result<std::optional<ArchiveReader::Entry>> read_config() {
    auto entry = reader_.next();
    if (!entry) return entry;
    std::optional<std::string> config;
    if (*entry && (*entry)->name == formats::kBackupConfig) {
      auto text = read_text(**entry, came_.emplace_back());
      if (!text) return std::unexpected(text.error());
      config = *std::move(text);
      entry = reader_.next();
      if (!entry) return entry;
    }
    if (auto good = on_config_(config); !good) return std::unexpected(good.error());
    return entry;
  }

  [[nodiscard]] static bool may_follow(const std::string& name) {
    return name == formats::kBackupManifest || formats::blob_of_backup_name(name).has_value();
  }

  Result<bool> put_away(const ArchiveReader::Entry& entry) {
    if (!names_.insert(entry.name).second) return damaged(fmt::format("{} is in the backup twice", entry.name));
    const auto file = open_for_(entry);
    if (!file) return std::unexpected(file.error());
    runtime::failpoint("restore: before a file");
    auto read = reader_.read(entry, [&](std::string_view piece) -> Result<bool> {
      return file->is_open() ? write_all(file->get(), piece, entry.name) : Result<bool>(true);
    });
    if (!read) return std::unexpected(read.error());
    came_.push_back(*std::move(read));
    return true;
  }

  Result<BackupManifest> read_list(const ArchiveReader::Entry& entry) {
    BackupFile ignored;
    const auto text = read_text(entry, ignored);
    if (!text) return std::unexpected(text.error());
    auto manifest = formats::parse_backup_manifest(*text);
    if (!manifest) return manifest;
    const auto after = reader_.next();
    if (!after) return std::unexpected(after.error());
    if (*after) return damaged("something stands behind the end of the backup");
    const auto [listed, came] = std::ranges::mismatch(manifest->files, came_);
    if (listed == manifest->files.end() && came == came_.end()) return manifest;
    if (listed == manifest->files.end()) return damaged(fmt::format("{} is not in the backup's list", came->name));
    if (came == came_.end()) return damaged(fmt::format("{} is missing in the backup", listed->name));
    return damaged(listed->name == came->name
                       ? fmt::format("{} is damaged: its checksum is not the one in the list", came->name)
                       : fmt::format("{} stands in the backup where its list has {}", came->name, listed->name));
  }

  ArchiveReader reader_;
  const OnConfig& on_config_;
  const OpenFor& open_for_;
  std::set<std::string> names_;
  std::vector<BackupFile> came_;
};

}  // namespace

Result<BackupManifest> unpack(int fd, const OnConfig& on_config, const OpenFor& open_for) {
  auto reader = ArchiveReader::begin(fd);
  if (!reader) return std::unexpected(reader.error());
  return Unpacker(*std::move(reader), on_config, open_for).run();
}

Result<bool> check_database(const std::string& copy, const BackupManifest& manifest) {
  const auto blobs = store::check_copy(copy);
  if (!blobs) return std::unexpected(as_of_the_backup(blobs.error(), copy));
  if (!manifest.has_media) return true;
  std::set<BlobId> there(manifest.missing.begin(), manifest.missing.end());
  for (const BackupFile& file : manifest.files) {
    if (auto id = formats::blob_of_backup_name(file.name)) there.insert(*std::move(id));
  }
  for (const store::Blob& blob : *blobs) {
    if (there.erase(blob.id) == 0) {
      return damaged(fmt::format("the file {} is missing, which the backup's database names", blob.id.str()));
    }
  }
  if (there.empty()) return true;
  return damaged(fmt::format("the file {} is in the backup, and its database does not name it", there.begin()->str()));
}

}  // namespace mmsgate::backup
