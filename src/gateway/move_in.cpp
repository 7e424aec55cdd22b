// SPDX-License-Identifier: Apache-2.0
#include "gateway/move_in.hpp"

#include <utility>

#include <fmt/format.h>

#include "gateway/old_message.hpp"

namespace mmsgate::gateway {

namespace {

constexpr int kRowsAtOnce = 200;  // a commit that others wait for is to take no longer than a few of theirs

}  // namespace

MoveIn::MoveIn(World world, media::BlobStore& blobs, OldHome home, Ended ended)
    : world_(world), blobs_(blobs), home_(std::move(home)), ended_(std::move(ended)) {}

void MoveIn::start() {
  world_.work.post([this] { begin(); });
}

void MoveIn::start_if_needed() {
  world_.work.post([this] {
    const auto needed = is_needed();
    if (!needed) return end(std::unexpected(needed.error()));
    if (!*needed) return;
    // Who sends what waits, and for which number, only the directory knows.
    constexpr Duration kUntilTheDirectoryIsRead = std::chrono::seconds(1);
    if (!world_.book.read()->accounts().empty()) return begin();
    world_.work.post_after(kUntilTheDirectoryIsRead, [this] { start_if_needed(); });
  });
}

Result<bool> MoveIn::is_needed() {
  auto table = store::OldTable::open(home_.database);
  if (!table) return std::unexpected(table.error());
  if (*table == nullptr) return false;
  const auto newest = (*table)->newest();
  const auto until = world_.store.imported_until();
  if (!newest) return std::unexpected(newest.error());
  if (!until) return std::unexpected(until.error());
  return *newest && (!*until || **newest > **until);
}

void MoveIn::begin() {
  auto table = store::OldTable::open(home_.database);
  if (!table) return end(std::unexpected(table.error()));
  if (*table == nullptr) {
    return end(fail(ErrorKind::rejected,
                    fmt::format("{} is no database of the first MMSGate: it has no table send_msgs", home_.database)));
  }
  table_ = *std::move(table);
  auto files = media::find_old_files(home_.media_folder);
  if (!files) return end(std::unexpected(files.error()));
  files_ = *std::move(files);
  world_.log.warning("taking over the messages and {} files of the first MMSGate", files_.size());
  next_file();
}

void MoveIn::next_file() {
  if (files_.empty()) return next_rows();
  const media::OldFile file = std::move(files_.back());
  files_.pop_back();
  const auto again = [this] { world_.work.post([this] { next_file(); }); };
  const auto known = world_.store.find_blob(file.id);
  if (!known) return end(std::unexpected(known.error()));
  if (*known) return again();
  const auto kept = blobs_.adopt(file.path, file.id);
  if (!kept) {
    // One file of another user must not keep all messages away.
    if (moved_.lost_files++ == 0) world_.log.warning("{}", kept.error().detail);
    return again();
  }
  world_.store.add_blob({.id = file.id,
                         .type = media::type_of(file),
                         .name = "media" + file.ending,
                         .size = kept->size,
                         .sha256 = kept->sha256,
                         .created_at = file.changed,
                         .until = file.changed + world_.settings.read()->media_kept,
                         .has_plain_link = true},
                        [this, again](const Result<bool>& stored) {
                          if (!stored) return end(std::unexpected(stored.error()));
                          ++moved_.files;
                          again();
                        });
}

std::vector<store::Import> MoveIn::plan(const std::vector<store::OldRow>& rows) {
  const auto directory = world_.book.read();
  const auto find_blob = [this](const BlobId& id) -> std::optional<store::Blob> {
    auto blob = world_.store.find_blob(id);
    return blob ? *std::move(blob) : std::nullopt;
  };
  std::vector<store::Import> imports;
  for (const store::OldRow& row : rows) {
    const std::size_t nth = alike_[fmt::format("{}|{}|{}", to_unix_ms(row.received), row.from, row.to)]++;
    imports.push_back(plan_import(row, nth, *directory, *world_.settings.read(), Links(world_), find_blob,
                                  world_.clock.now(), world_.random));
  }
  return imports;
}

void MoveIn::next_rows() {
  const auto rows = table_->rows(last_row_, kRowsAtOnce);
  if (!rows) return end(std::unexpected(rows.error()));
  if (!rows->empty()) last_row_ = rows->back().row;
  const bool is_last = rows->size() < kRowsAtOnce;
  world_.store.import(plan(*rows), [this, is_last](const Result<store::Imported>& taken) { on_taken(taken, is_last); });
}

void MoveIn::on_taken(const Result<store::Imported>& taken, bool is_last) {
  if (!taken) return end(std::unexpected(taken.error()));
  moved_.rows += *taken;
  if (!is_last) return world_.work.post([this] { next_rows(); });
  world_.work.post([this] {
    if (moved_.lost_files > 0) return end(moved_);
    const auto newest = table_->newest();
    if (!newest) return end(std::unexpected(newest.error()));
    world_.store.mark_imported(newest->value_or(TimePoint{}), [this](const Result<bool>& marked) {
      end(marked ? Result<MovedIn>(moved_) : std::unexpected(marked.error()));
    });
  });
}

void MoveIn::end(Result<MovedIn> result) {
  world_.work.post([this] {
    table_.reset();
    alike_ = {};
  });
  ended_(std::move(result));
}

}  // namespace mmsgate::gateway
