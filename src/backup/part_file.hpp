// SPDX-License-Identifier: Apache-2.0
// A file that is not whole yet, beside where it will stand. Locked as long as somebody writes it, so that what a crash
// has left is known from what is alive. One thread.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::backup {

/// Theirs is no name that anything else has.
inline constexpr std::string_view kPartEnding = ".mmsgate-part";

/// Removes what backups that were cut off have left in this folder.
void remove_leftovers(const std::string& folder);

class PartFile {
 public:
  /// Makes NAME.mmsgate-part for its owner alone. rejected: somebody is writing it now. transient: it cannot be made.
  [[nodiscard]] static Result<PartFile> make(const std::string& name);
  /// What was not kept is gone.
  ~PartFile();
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;

  /// Where a copy of the database may be made; it goes before this file does.
  [[nodiscard]] std::string database() const;
  [[nodiscard]] int fd() const { return file_.get(); }
  /// On disk, under its name, in the place of what has that name only when `may_replace`.
  [[nodiscard]] Result<bool> keep(bool may_replace);

 private:
  PartFile(std::string name, runtime::Descriptor file);
  [[nodiscard]] std::unexpected<Error> failed(const char* what) const;  ///< errno says why.

  std::string name_, path_;
  runtime::Descriptor file_;
  bool is_here_ = true;
};

}  // namespace mmsgate::backup
