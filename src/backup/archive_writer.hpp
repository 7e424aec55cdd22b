// SPDX-License-Identifier: Apache-2.0
// A backup being written: a POSIX tar that any `tar` opens, and at its end the list of what is in it. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "formats/backup_manifest.hpp"

struct archive;

namespace mmsgate::backup {

enum class Packing { none, gzip, zstd };

class ArchiveWriter {
 public:
  /// Writes to `fd`, which stays the caller's.
  [[nodiscard]] static Result<ArchiveWriter> begin(int fd, Packing packing);

  /// All of the file `from`, from where it stands. transient: it cannot be read or written; the detail says which.
  [[nodiscard]] Result<formats::BackupFile> add(const std::string& name, int from, TimePoint changed);
  [[nodiscard]] Result<formats::BackupFile> add_text(const std::string& name, std::string_view text, TimePoint changed);
  /// What is still in hand is written. Once.
  [[nodiscard]] Result<bool> end();

 private:
  struct Free {
    void operator()(archive* tar) const;
  };
  explicit ArchiveWriter(archive* tar) : tar_(tar) {}
  [[nodiscard]] Result<bool> head(const std::string& name, std::uint64_t size, TimePoint changed);
  [[nodiscard]] Result<bool> write(std::string_view bytes);
  [[nodiscard]] std::unexpected<Error> failed() const;

  std::unique_ptr<archive, Free> tar_;
};

}  // namespace mmsgate::backup
