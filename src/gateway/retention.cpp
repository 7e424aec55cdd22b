// SPDX-License-Identifier: Apache-2.0
#include "gateway/retention.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace mmsgate::gateway {
namespace {

/// Looked at, and removed: what others wait for is to take no longer than a few of their own commits.
constexpr int kAtOnce = 200;
/// A crash leaves a file or two. More is a database that is not the files' own, and nothing to act upon unasked.
constexpr std::size_t kMostStrays = 16;
constexpr Duration kFirst = std::chrono::minutes(10);
constexpr Duration kEvery = std::chrono::hours(24);

}  // namespace

void Retention::start() {
  world_.work.post([this] { note_strays(0); });
  world_.work.post_after(kFirst, [this] { again(); });
}

/// A folder at a time: others want to write meanwhile.
void Retention::note_strays(int first) {
  for (BlobId& id : blobs_.list(static_cast<std::uint8_t>(first))) {
    const auto row = world_.store.find_blob(id);
    if (row && !*row && blobs_.was_found(id)) strays_.push_back(std::move(id));
  }
  if (first < std::numeric_limits<std::uint8_t>::max()) {
    return world_.work.post([this, first] { note_strays(first + 1); });
  }
  are_noted_ = true;
  if (strays_.size() > kMostStrays) {
    world_.log.warning(
        "{} files of the media folder stand in no row of the database: does it belong to them? They stay; "
        "`mmsgate prune` removes them",
        strays_.size());
  }
}

/// They can be fetched no more already; this is for order.
void Retention::drop_handouts(std::function<void()> then) {
  world_.store.drop_handouts(world_.clock.now(), [this, then = std::move(then)](const Result<int>& dropped) {
    if (!dropped) world_.log.warning("old phone configurations could not be removed: {}", dropped.error().detail);
    then();
  });
}

/// What came in this life is not among them, so that nothing goes which is only on its way to its row.
Result<bool> Retention::prune_strays(Run& run) {
  if (!run.is_wanted && strays_.size() > kMostStrays) return true;
  for (const BlobId& id : strays_) {
    const auto row = world_.store.find_blob(id);
    if (!row) return std::unexpected(row.error());
    if (*row) continue;
    const auto removed = run.is_rehearsal ? Result<bool>(true) : blobs_.remove(id);
    if (!removed) return removed;
    if (*removed) ++run.pruned.files;
  }
  if (!run.is_rehearsal) strays_.clear();
  return true;
}

void Retention::again() {
  // A clock that has just been set far forward may have been set wrong. A day is enough to see that.
  const Duration stepped = world_.clock.stepped();
  if (std::exchange(stepped_, stepped) + kEvery < stepped) {
    world_.log.warning("nothing is removed today: the clock was set forward by more than a day");
    world_.work.post_after(kEvery, [this] { again(); });
    return;
  }
  run({.done = [this](const Result<Pruned>& pruned) {
    if (!pruned && pruned.error().kind == ErrorKind::limit) {
      world_.log.info("nothing is removed yet: {}", pruned.error().detail);
      return world_.work.post_after(kFirst, [this] { again(); });
    }
    if (!pruned) {
      world_.log.error("what is no longer needed cannot be removed: {}", pruned.error().detail);
    } else if (pruned->files + pruned->messages > 0) {
      world_.log.info("removed, since their time was over: {} files ({} bytes), {} messages", pruned->files,
                      pruned->bytes, pruned->messages);
    }
    world_.work.post_after(kEvery, [this] { again(); });
  }});
}

void Retention::prune(bool is_rehearsal, Done done) {
  run({.is_rehearsal = is_rehearsal, .is_wanted = true, .done = std::move(done)});
}

void Retention::run(Run what) {
  auto run = std::make_shared<Run>(std::move(what));
  if (run->is_rehearsal) return begin(run);
  drop_handouts([this, run] { begin(run); });  // whoever hears that all is done finds none of them
}

void Retention::begin(const RunPtr& run) {
  world_.work.post([this, run] {
    if (!are_noted_) return begin(run);  // behind the next folder that is looked through
    if (!run->is_rehearsal) {
      auto held = blobs_.hold_for_removal();
      if (!held) return run->done(std::unexpected(held.error()));
      run->held = *std::move(held);
    }
    if (world_.settings.read()->most_media_kept > 0) {  // it looks at every file: not where nobody asks
      const auto bytes = world_.store.media_bytes();
      if (!bytes) return run->done(std::unexpected(bytes.error()));
      run->media_bytes = *bytes;
    }
    if (const auto gone = prune_strays(*run); !gone) return run->done(std::unexpected(gone.error()));
    prune_files(run);
  });
}

bool Retention::has_room(const Run& run) const {
  const std::uint64_t most = world_.settings.read()->most_media_kept;
  return most > 0 && run.media_bytes <= most;
}

std::vector<store::ExpiredBlob> Retention::chosen(std::vector<store::ExpiredBlob> expired, Run& run) const {
  const auto stays = [&](const store::ExpiredBlob& blob) {
    if (has_room(run)) return true;
    run.media_bytes -= std::min(run.media_bytes, blob.size);
    return false;
  };
  std::erase_if(expired, stays);
  return expired;
}

void Retention::prune_files(const RunPtr& run) {
  auto expired = world_.store.expired_blobs(world_.clock.now(), run->files_until, kAtOnce);
  if (!expired) return run->done(std::unexpected(expired.error()));
  const auto going = chosen(std::move(expired->blobs), *run);
  std::vector<BlobId> ids;
  for (const store::ExpiredBlob& blob : going) {
    // First the file: a row without one is tried again, a file without a row never.
    const auto removed = run->is_rehearsal ? Result<bool>(true) : blobs_.remove(blob.id);
    if (!removed) return run->done(std::unexpected(removed.error()));
    ids.push_back(blob.id);
    run->pruned.bytes += blob.size;
  }
  run->pruned.files += static_cast<int>(ids.size());
  const bool is_last = !expired->looked_until || has_room(*run);
  if (expired->looked_until) run->files_until = *std::move(expired->looked_until);
  const auto next = [this, run, is_last] {
    world_.work.post([this, run, is_last] { is_last ? prune_messages(run) : prune_files(run); });
  };
  if (run->is_rehearsal || ids.empty()) return next();
  world_.store.forget_blobs(std::move(ids), [run, next](const Result<bool>& forgotten) {
    if (!forgotten) return run->done(std::unexpected(forgotten.error()));
    next();
  });
}

void Retention::prune_messages(const RunPtr& run) {
  const Duration kept = world_.settings.read()->messages_kept;
  if (kept == Duration::zero()) return run->done(run->pruned);
  auto old = world_.store.old_messages(world_.clock.now() - kept, run->messages_until, kAtOnce);
  if (!old) return run->done(std::unexpected(old.error()));
  const bool is_last = !old->looked_until;
  run->messages_until = old->looked_until.value_or(run->messages_until);
  const auto next = [this, run, is_last](int gone) {
    run->pruned.messages += gone;
    if (is_last) return run->done(run->pruned);
    world_.work.post([this, run] { prune_messages(run); });
  };
  if (run->is_rehearsal || old->ids.empty()) return next(static_cast<int>(old->ids.size()));
  world_.store.forget_messages(std::move(old->ids), [this, run, next](const Result<int>& forgotten) {
    if (!forgotten) return run->done(std::unexpected(forgotten.error()));
    world_.work.post([next, gone = *forgotten] { next(gone); });
  });
}

}  // namespace mmsgate::gateway
