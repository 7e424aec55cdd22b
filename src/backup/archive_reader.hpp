// SPDX-License-Identifier: Apache-2.0
// A backup being read. It comes from outside: there is no name but those that a backup has, nothing but plain files,
// and nothing longer than it may be. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "formats/backup_manifest.hpp"

struct archive;

namespace mmsgate::backup {

class ArchiveReader {
 public:
  /// Reads from `fd`, which stays the caller's. corrupt: it is no archive.
  [[nodiscard]] static Result<ArchiveReader> begin(int fd);

  struct Entry {
    std::string name;  ///< One of those in formats/backup_manifest.hpp, without the folder.
    std::uint64_t size = 0;
  };
  /// The next one; nothing: that was all. corrupt: it is damaged, cut off, or nothing that a backup has.
  [[nodiscard]] Result<std::optional<Entry>> next();

  /// Is handed the bytes as they come.
  using Take = std::function<Result<bool>(std::string_view piece)>;
  /// What is in the entry that next() answered last, to its end.
  [[nodiscard]] Result<formats::BackupFile> read(const Entry& entry, const Take& take);

 private:
  struct Free {
    void operator()(archive* tar) const;
  };
  explicit ArchiveReader(archive* tar) : tar_(tar) {}
  [[nodiscard]] std::unexpected<Error> failed() const;

  std::unique_ptr<archive, Free> tar_;
};

}  // namespace mmsgate::backup
