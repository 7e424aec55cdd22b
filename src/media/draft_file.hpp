// SPDX-License-Identifier: Apache-2.0
// A file on its way into the folder, and where it will stand. One thread at a time.
#pragma once

#include <filesystem>
#include <memory>

#include "media/blob_store.hpp"
#include "media/subfolders.hpp"

namespace mmsgate::media {

class DraftFile final : public Draft {
 public:
  /// transient: it cannot be made; the detail names the folder.
  [[nodiscard]] static Result<std::unique_ptr<Draft>> create(std::shared_ptr<Subfolders> folders, BlobId id,
                                                             std::uint64_t most_bytes);
  ~DraftFile() override;

  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] Result<std::uint64_t> write(std::string_view bytes) override;
  [[nodiscard]] Result<Kept> keep() override;
  [[nodiscard]] std::string head() const override;

 private:
  DraftFile(std::shared_ptr<Subfolders> folders, BlobId id, int fd, std::uint64_t most_bytes);
  [[nodiscard]] std::filesystem::path draft_path() const { return folders_->incoming() / id_.str(); }
  [[nodiscard]] std::unexpected<Error> failed(const char* what) const;  ///< errno says why.

  const std::shared_ptr<Subfolders> folders_;
  const BlobId id_;
  const int fd_;
  const std::uint64_t most_bytes_;
  std::uint64_t written_ = 0;
  bool kept_ = false;
};

}  // namespace mmsgate::media
