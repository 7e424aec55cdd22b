// SPDX-License-Identifier: Apache-2.0
// A backup read from its beginning to its end, and compared with its own list: what `restore` and `restore --check`
// share. One thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "backup/archive_reader.hpp"
#include "core/error.hpp"
#include "formats/backup_manifest.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::backup {

/// Where the bytes of an entry go: of the database, and then of each file of the media folder. A descriptor that is not
/// open: nowhere, they are only looked at.
using OpenFor = std::function<Result<runtime::Descriptor>(const ArchiveReader::Entry& entry)>;
/// Is handed the config of the backup, if there is one in it, before anything is opened.
using OnConfig = std::function<Result<bool>(const std::optional<std::string>& config)>;

/// Answers the list, which is true of all that came. corrupt: the backup is damaged, cut off, or none.
[[nodiscard]] Result<formats::BackupManifest> unpack(int fd, const OnConfig& on_config, const OpenFor& open_for);

/// Is the database that came whole, and does it go with the files that came? `copy`: where it is.
[[nodiscard]] Result<bool> check_database(const std::string& copy, const formats::BackupManifest& manifest);

}  // namespace mmsgate::backup
