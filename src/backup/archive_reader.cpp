// SPDX-License-Identifier: Apache-2.0
#include "backup/archive_reader.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "formats/printable.hpp"

namespace mmsgate::backup {
namespace {

constexpr std::size_t kPiece = 256 << 10;
constexpr std::uint64_t kLargestConfig = 1U << 20;
constexpr std::uint64_t kLargestManifest = 256U << 20;  // two million files
constexpr std::uint64_t kLargestFile = std::uint64_t{4} << 30;
constexpr std::uint64_t kLargestDatabase = std::uint64_t{1} << 46;  // SQLite's own is not much more

/// 0: no backup has such a file.
std::uint64_t largest(std::string_view name) {
  if (name == formats::kBackupDatabase) return kLargestDatabase;
  if (name == formats::kBackupConfig) return kLargestConfig;
  if (name == formats::kBackupManifest) return kLargestManifest;
  return formats::blob_of_backup_name(name) ? kLargestFile : 0;
}

/// A name of somebody else's.
std::string shown(std::string_view name) {
  constexpr std::size_t kMost = 80;
  return formats::printable_ascii(name, kMost);
}

std::unexpected<Error> not_ours(std::string_view name, std::string_view what) {
  return fail(ErrorKind::corrupt, fmt::format("it is no backup of mmsgate: \"{}\" in it is {}", shown(name), what));
}

}  // namespace

void ArchiveReader::Free::operator()(archive* tar) const { archive_read_free(tar); }

Result<ArchiveReader> ArchiveReader::begin(int fd) {
  ArchiveReader reader(archive_read_new());
  archive* tar = reader.tar_.get();
  if (tar == nullptr) return fail(ErrorKind::transient, "no memory left to read the backup");
  // What we write, and no more: each further format would be one more parser of what comes from outside.
  archive_read_support_format_tar(tar);
  archive_read_support_filter_gzip(tar);
  archive_read_support_filter_zstd(tar);
  if (archive_read_open_fd(tar, fd, kPiece) != ARCHIVE_OK) return reader.failed();
  return reader;
}

std::unexpected<Error> ArchiveReader::failed() const {
  const char* words = archive_error_string(tar_.get());
  return fail(ErrorKind::corrupt, fmt::format("the backup is damaged, cut off, or none of mmsgate's: {}",
                                              shown(words == nullptr ? "it cannot be read" : words)));
}

Result<std::optional<ArchiveReader::Entry>> ArchiveReader::next() {
  archive_entry* found = nullptr;
  const int code = archive_read_next_header(tar_.get(), &found);
  if (code == ARCHIVE_EOF) return std::nullopt;
  if (code != ARCHIVE_OK) return failed();  // a warning, too: nothing of ours gives cause for one
  const char* path = archive_entry_pathname(found);
  std::string_view name = path == nullptr ? "" : path;
  const bool is_plain = archive_entry_filetype(found) == AE_IFREG && archive_entry_hardlink(found) == nullptr &&
                        archive_entry_symlink(found) == nullptr && archive_entry_sparse_count(found) == 0;
  if (!is_plain) return not_ours(name, "not a plain file");
  if (!name.starts_with(formats::kBackupFolder)) return not_ours(name, "not among the files of one");
  name.remove_prefix(formats::kBackupFolder.size());
  const std::uint64_t most = largest(name);
  if (most == 0) return not_ours(name, "not among the files of one");
  const la_int64_t size = archive_entry_size_is_set(found) != 0 ? archive_entry_size(found) : -1;
  if (size < 0 || std::cmp_greater(size, most)) return not_ours(name, "larger than it may be");
  return Entry{.name = std::string(name), .size = static_cast<std::uint64_t>(size)};
}

Result<formats::BackupFile> ArchiveReader::read(const Entry& entry, const Take& take) {
  formats::BackupFile file{.name = entry.name};
  crypto::Sha256 hash;
  const auto buffer = std::make_unique<std::array<char, kPiece>>();
  for (;;) {
    const la_ssize_t n = archive_read_data(tar_.get(), buffer->data(), buffer->size());
    if (n < 0) return failed();
    if (n == 0) break;
    const std::string_view piece(buffer->data(), static_cast<std::size_t>(n));
    file.size += piece.size();
    if (file.size > entry.size) return not_ours(entry.name, "longer than it says");
    hash.add(piece);
    if (auto taken = take(piece); !taken) return std::unexpected(taken.error());
  }
  if (file.size != entry.size) return not_ours(entry.name, "shorter than it says");
  file.sha256 = hash.hex();
  return file;
}

}  // namespace mmsgate::backup
