// SPDX-License-Identifier: Apache-2.0
#include "backup/archive_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "runtime/failpoint.hpp"

namespace mmsgate::backup {
namespace {

constexpr std::size_t kPiece = 256 << 10;
constexpr mode_t kOwnerOnly = 0600;

std::unexpected<Error> cannot_read(const std::string& name) {
  return fail(ErrorKind::transient, fmt::format("cannot read {}: {}", name, std::strerror(errno)));
}

}  // namespace

void ArchiveWriter::Free::operator()(archive* tar) const { archive_write_free(tar); }

Result<ArchiveWriter> ArchiveWriter::begin(int fd, Packing packing) {
  ArchiveWriter writer(archive_write_new());
  archive* tar = writer.tar_.get();
  if (tar == nullptr) return fail(ErrorKind::transient, "no memory left for the backup");
  // ustar as long as that is enough, which it nearly always is, and its POSIX extension where it is not.
  int code = archive_write_set_format_pax_restricted(tar);
  switch (packing) {
    case Packing::none:
      break;
    case Packing::gzip:
      code = std::min(code, archive_write_add_filter_gzip(tar));
      break;
    case Packing::zstd:
      code = std::min(code, archive_write_add_filter_zstd(tar));
      break;
  }
  code = std::min(code, archive_write_open_fd(tar, fd));
  if (code != ARCHIVE_OK) return writer.failed();
  return writer;
}

std::unexpected<Error> ArchiveWriter::failed() const {
  const int error = archive_errno(tar_.get());
  const char* words = archive_error_string(tar_.get());
  return fail(ErrorKind::transient, fmt::format("cannot write the backup: {}", error > 0          ? std::strerror(error)
                                                                               : words != nullptr ? words
                                                                                                  : "no reason given"));
}

Result<bool> ArchiveWriter::head(const std::string& name, std::uint64_t size, TimePoint changed) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
  if (!entry) return fail(ErrorKind::transient, "no memory left for the backup");
  archive_entry_set_pathname(entry.get(), fmt::format("{}{}", formats::kBackupFolder, name).c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), kOwnerOnly);
  archive_entry_set_uid(entry.get(), ::geteuid());
  archive_entry_set_gid(entry.get(), ::getegid());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  archive_entry_set_mtime(entry.get(), to_unix_ms(changed) / 1000, 0);
  runtime::failpoint("backup: before a file");
  if (archive_write_header(tar_.get(), entry.get()) != ARCHIVE_OK) return failed();
  return true;
}

Result<bool> ArchiveWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const la_ssize_t n = archive_write_data(tar_.get(), bytes.data(), bytes.size());
    if (n <= 0) return failed();
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

Result<formats::BackupFile> ArchiveWriter::add(const std::string& name, int from, TimePoint changed) {
  struct stat about {};
  if (::fstat(from, &about) != 0) return cannot_read(name);
  formats::BackupFile file{.name = name, .size = static_cast<std::uint64_t>(about.st_size)};
  if (auto begun = head(name, file.size, changed); !begun) return std::unexpected(begun.error());
  crypto::Sha256 hash;
  const auto buffer = std::make_unique<std::array<char, kPiece>>();
  for (std::uint64_t done = 0; done < file.size;) {
    const ssize_t n = ::read(from, buffer->data(), std::min<std::uint64_t>(buffer->size(), file.size - done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return cannot_read(name);
    if (n == 0) return fail(ErrorKind::transient, fmt::format("{} became shorter while it was read", name));
    const std::string_view piece(buffer->data(), static_cast<std::size_t>(n));
    hash.add(piece);
    if (auto written = write(piece); !written) return std::unexpected(written.error());
    done += piece.size();
  }
  file.sha256 = hash.hex();
  return file;
}

Result<formats::BackupFile> ArchiveWriter::add_text(const std::string& name, std::string_view text, TimePoint changed) {
  if (auto begun = head(name, text.size(), changed); !begun) return std::unexpected(begun.error());
  if (auto written = write(text); !written) return std::unexpected(written.error());
  crypto::Sha256 hash;
  hash.add(text);
  return formats::BackupFile{.name = name, .size = text.size(), .sha256 = hash.hex()};
}

Result<bool> ArchiveWriter::end() {
  if (archive_write_close(tar_.get()) != ARCHIVE_OK) return failed();
  return true;
}

}  // namespace mmsgate::backup
