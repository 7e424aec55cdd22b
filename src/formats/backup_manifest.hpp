// SPDX-License-Identifier: Apache-2.0
// The list at the end of a backup: what is in it. A text that `sha256sum -c` reads, too; what it says beyond that
// stands in lines that begin with #. docs/backup.md shows one. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

namespace mmsgate::formats {

/// Names in a backup. All of them stand in one folder, and there are no others: no path can be spelt with one.
inline constexpr std::string_view kBackupFolder = "mmsgate-backup/";
inline constexpr std::string_view kBackupDatabase = "database.sqlite";
inline constexpr std::string_view kBackupConfig = "mmsgate.conf";
inline constexpr std::string_view kBackupManifest = "SHA256SUMS";
/// "media/ab/abcd...": as in the media folder.
[[nodiscard]] std::string backup_name(const BlobId& id);
/// Nothing: it is not the name of a file of the media folder.
[[nodiscard]] std::optional<BlobId> blob_of_backup_name(std::string_view name);

struct BackupFile {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;  ///< 64 lower-case hex digits.

  bool operator==(const BackupFile&) const = default;
};

struct BackupManifest {
  std::string version;  ///< Of the mmsgate that made it.
  std::string made_at;  ///< As rfc3339() writes it.
  bool has_media = true;
  std::vector<BlobId> missing;  ///< Files that its database names and that were not there even then.
  std::vector<BackupFile>
      files;  ///< In the order in which they stand in the archive; the list itself is not among them.

  bool operator==(const BackupManifest&) const = default;
};

[[nodiscard]] std::string write_backup_manifest(const BackupManifest& manifest);

/// corrupt: it is not such a list, was cut off, or has a file twice. rejected: a newer mmsgate made it.
[[nodiscard]] Result<BackupManifest> parse_backup_manifest(std::string_view text);

}  // namespace mmsgate::formats
