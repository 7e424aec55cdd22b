// SPDX-License-Identifier: Apache-2.0
// Removing what is no longer needed, once a day: files when the time that was promised for them is over, messages
// when the owner does not want them any longer, and phone configurations that nobody has fetched. Never what still has
// to go somewhere. The gateway goes on meanwhile.
//
// Lives on the loop "work", a few hundred at a time.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "gateway/world.hpp"
#include "media/blob_store.hpp"

namespace mmsgate::gateway {

struct Pruned {
  int files = 0;
  std::uint64_t bytes = 0;
  int messages = 0;
};

class Retention {
 public:
  Retention(World world, media::BlobStore& blobs) : world_(world), blobs_(blobs) {}

  /// Any thread, once.
  void start();

  using Done = std::function<void(Result<Pruned>)>;
  /// Now, by a person's word; `is_rehearsal`: only says what it would remove. Any thread; `done` on any thread.
  void prune(bool is_rehearsal, Done done);

 private:
  /// One run, from batch to batch.
  struct Run {
    bool is_rehearsal = false;
    bool is_wanted = false;  ///< By a person, now.
    Done done;
    Pruned pruned;
    std::uint64_t media_bytes = 0;  ///< That are there still.
    runtime::Descriptor held;       ///< No backup is made while it removes.
  };
  using RunPtr = std::shared_ptr<Run>;
  void again();
  void run(Run what);
  void drop_handouts();
  void note_strays(int first);
  [[nodiscard]] Result<bool> prune_strays(Run& run);
  void prune_files(const RunPtr& run);
  void prune_messages(const RunPtr& run);
  /// What of the expired goes now; the rest may stay while there is room.
  [[nodiscard]] std::vector<store::ExpiredBlob> chosen(std::vector<store::ExpiredBlob> expired, Run& run) const;

  World world_;
  /// Files without a row, as they were found at the start: left by a crash, or still on their way to their row.
  std::vector<BlobId> strays_;
  Duration stepped_{};  ///< The clock's, a run ago.
  media::BlobStore& blobs_;
};

}  // namespace mmsgate::gateway
