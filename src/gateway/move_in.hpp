// SPDX-License-Identifier: Apache-2.0
// Moving in after the first MMSGate: its files are taken into the media folder, its rows into the store, what waited
// there goes on. Its table and its files stay as they are, so that one can go back. May be done again at any time: what
// is here already is left alone.
//
// Lives on the loop "work", a file or a few hundred rows at a time; the gateway goes on meanwhile.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "gateway/world.hpp"
#include "media/blob_store.hpp"
#include "media/old_files.hpp"
#include "store/old_table.hpp"

namespace mmsgate::gateway {

/// Where the first MMSGate left its things.
struct OldHome {
  std::string database;
  std::string media_folder;
};

struct MovedIn {
  store::Imported rows;
  int files = 0;
  int lost_files = 0;  ///< That could not be read or kept; the next start tries again.
};

class MoveIn {
 public:
  /// Called once, on the store's thread or on "work".
  using Ended = std::function<void(Result<MovedIn>)>;
  MoveIn(World world, media::BlobStore& blobs, OldHome home, Ended ended);

  /// Any thread, once. Takes all there is.
  void start();
  /// Any thread, once; instead of start(). Waits until the directory is known, and does nothing when nothing has come
  /// since the last time.
  void start_if_needed();

 private:
  [[nodiscard]] Result<bool> is_needed();
  void begin();
  void next_file();
  void next_rows();
  [[nodiscard]] std::vector<store::Import> plan(const std::vector<store::OldRow>& rows);
  void on_taken(const Result<store::Imported>& taken, bool is_last);
  void end(Result<MovedIn> result);

  World world_;
  media::BlobStore& blobs_;
  const OldHome home_;
  Ended ended_;
  std::unique_ptr<store::OldTable> table_;
  std::vector<media::OldFile> files_;
  std::int64_t last_row_ = 0;
  std::unordered_map<std::string, std::size_t> alike_;  ///< Rows without an id of the carrier, by what they have.
  MovedIn moved_;
};

}  // namespace mmsgate::gateway
