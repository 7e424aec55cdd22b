// SPDX-License-Identifier: Apache-2.0
// The folders below the media folder: FOLDER/incoming for drafts, FOLDER/ab for the files whose ids begin with ab, so
// that none grows large. Thread-safe; shared by the store and its drafts.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <utility>

#include "core/error.hpp"
#include "core/ids.hpp"

namespace mmsgate::media {

/// Below FOLDER/incoming: what a restore brings, until it is put in place.
inline constexpr const char* kRestoringFolder = "restoring";

class Subfolders {
 public:
  explicit Subfolders(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path incoming() const { return root_ / "incoming"; }
  /// Where the files stand whose ids begin with this byte.
  [[nodiscard]] std::filesystem::path folder_of(std::uint8_t first) const;
  /// Where a file stands once it is kept.
  [[nodiscard]] std::filesystem::path path_of(const BlobId& id) const {
    return root_ / id.str().substr(0, 2) / id.str();
  }

  /// Makes the folder of path_of(id) when it is missing, and has its name on disk before it returns. False: errno says
  /// why.
  [[nodiscard]] bool make_for(const BlobId& id);

 private:
  const std::filesystem::path root_;
  std::array<std::atomic<bool>, 256> on_disk_{};  ///< Known to be, since this process has begun.
};

}  // namespace mmsgate::media
