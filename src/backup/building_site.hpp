// SPDX-License-Identifier: Apache-2.0
// The places that a restore fills: the database, beside its name until the end, and the media folder, in a folder below
// until the end. How far it is can be read from what is there, so that what a crash has left can be taken away:
//
//   DATABASE.restoring                    a restore is under way, and is not decided
//   MEDIA/incoming/restoring/             its files, until they are moved
//   MEDIA/incoming/restoring/moved        which files it is about to move, or has moved
//
// Giving the database its name decides it. One thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/random.hpp"
#include "media/blob_store.hpp"
#include "media/subfolders.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::backup {

class BuildingSite {
 public:
  /// Takes away what a restore that was cut off has left. rejected: there is a database already, or another gateway has
  /// the media folder.
  [[nodiscard]] static Result<std::unique_ptr<BuildingSite>> open(const std::string& database,
                                                                  const std::string& media_folder, Random& random);
  /// Undecided, it leaves nothing.
  ~BuildingSite();
  BuildingSite(const BuildingSite&) = delete;
  BuildingSite& operator=(const BuildingSite&) = delete;

  /// Where the database is until it is decided.
  [[nodiscard]] const std::string& database() const { return restoring_; }
  /// A file to write it into.
  [[nodiscard]] Result<runtime::Descriptor> make_database(std::uint64_t size);
  /// The same for a file of the media folder. rejected: that is not empty.
  [[nodiscard]] Result<runtime::Descriptor> make_file(const BlobId& id, std::uint64_t size);

  /// Everything on disk, and the files where they will stand.
  [[nodiscard]] Result<bool> put_files();
  /// The database gets its name.
  [[nodiscard]] Result<bool> decide();

 private:
  /// Both paths are absolute.
  BuildingSite(std::string database, std::string media_folder, std::unique_ptr<media::BlobStore> lock);
  void clear();
  [[nodiscard]] Result<bool> begin_media();
  [[nodiscard]] Result<bool> note_moves() const;

  const std::string database_, restoring_;
  const media::Subfolders folders_;
  const std::filesystem::path files_, moved_;
  const std::unique_ptr<media::BlobStore> lock_;  ///< As long as it is there, no gateway uses the media folder.
  std::vector<BlobId> ids_;
  bool is_decided_ = false;
};

}  // namespace mmsgate::backup
