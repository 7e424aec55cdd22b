// SPDX-License-Identifier: Apache-2.0
// Removing what is no longer needed, once a day: files when the time that was promised for them is over, messages
// when the owner does not want them any longer, and phone configurations that nobody has fetched. Never what still has
// to go somewhere. The gateway goes on meanwhile.
//
// Lives on the loop "work", a few hundred at a time, the rehearsal too: all who read share one connection.
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
  /// By a person's word, as soon as what a crash has left is noted; `is_rehearsal`: only says what it would remove.
  /// After start(). Any thread; `done` on any thread.
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
    store::BlobPlace files_until;   ///< So far they were looked at, and so on.
    MessageId messages_until;
  };
  using RunPtr = std::shared_ptr<Run>;
  void again();
  void run(Run what);
  void begin(const RunPtr& run);
  void drop_handouts(std::function<void()> then);
  void note_strays(int first);
  [[nodiscard]] Result<bool> prune_strays(Run& run);
  void prune_files(const RunPtr& run);
  void prune_messages(const RunPtr& run);
  /// What is expired may stay.
  [[nodiscard]] bool has_room(const Run& run) const;
  /// What of the expired goes now; the rest may stay while there is room.
  [[nodiscard]] std::vector<store::ExpiredBlob> chosen(std::vector<store::ExpiredBlob> expired, Run& run) const;

  World world_;
  std::vector<BlobId> strays_;  ///< Files that a life before has left, and no row: a crash came between.
  bool are_noted_ = false;      ///< All of them; the folders are looked through one by one, at the start.
  Duration stepped_{};          ///< The clock's, a run ago.
  media::BlobStore& blobs_;
};

}  // namespace mmsgate::gateway
