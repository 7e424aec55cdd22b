// SPDX-License-Identifier: Apache-2.0
// A file that text is added to, for its owner alone. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::runtime {

class TextFile {
 public:
  /// Made when it is missing; its folder must be there. transient: it cannot be opened; says which and why.
  [[nodiscard]] static Result<std::unique_ptr<TextFile>> open(const std::string& path);

  /// In one piece. False: the disk did not take it.
  bool add(std::string_view text);
  /// Opens it anew, under its name: what was there has been moved away (logrotate). transient: it cannot be opened;
  /// then the old one is written on.
  [[nodiscard]] Result<bool> reopen();

 private:
  TextFile(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  const std::string path_;
  std::mutex mutex_;
  Descriptor file_;  // guarded by mutex_
};

}  // namespace mmsgate::runtime
