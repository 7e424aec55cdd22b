// SPDX-License-Identifier: Apache-2.0
// Where we are is removed: no relative path leads anywhere, and none can be made whole.
#pragma once

#include <filesystem>

#include "support/temp_folder.hpp"

namespace mmsgate::testing_support {

/// While it lives, this process is in a folder that is gone.
class VanishedFolder {
 public:
  VanishedFolder() {
    const TempFolder folder;
    std::filesystem::current_path(folder.path());
  }
  ~VanishedFolder() { std::filesystem::current_path(before_); }
  VanishedFolder(const VanishedFolder&) = delete;
  VanishedFolder& operator=(const VanishedFolder&) = delete;

 private:
  const std::filesystem::path before_ = std::filesystem::current_path();
};

}  // namespace mmsgate::testing_support
