// SPDX-License-Identifier: Apache-2.0
#include "store/overwrite_watch.hpp"

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "store/file.hpp"

namespace mmsgate::store {

bool OverwriteWatch::Stamp::operator==(const Stamp& other) const {
  return changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec && size == other.size;
}

OverwriteWatch::OverwriteWatch(Database& db, std::string path) : db_(db), path_(std::move(path)) {
  static_cast<void>(look());
}

std::optional<OverwriteWatch::Stamp> OverwriteWatch::stamp() const {
  struct stat found {};
  if (::stat(path_.c_str(), &found) != 0) return std::nullopt;
  return Stamp{found.st_mtim, found.st_size};
}

std::optional<Error> OverwriteWatch::look() {
  if (error_) return error_;
  const auto before = db_.file_state();
  const auto now = stamp();
  const auto state = db_.file_state();
  // A checkpoint of another program is under way, or the file is gone, which FileWatch tells.
  if (!before || !now || !state || before->checkpoint != state->checkpoint || !state->is_settled()) return std::nullopt;
  const bool is_ours = !stamp_ || *stamp_ == *now || state_->checkpoint != state->checkpoint;
  if (!is_ours) return error_ = put_aside(*state, *now);
  stamp_ = now;
  state_ = state;
  return std::nullopt;
}

Error OverwriteWatch::put_aside(const Database::FileState& now, const Stamp& stamp) {
  db_.keep_off_the_file();
  const std::string log = path_ + "-wal";
  const std::string aside = log + std::string(kAside);
  std::string words = fmt::format(
      "somebody has written into the database file {} while mmsgate ran: restart mmsgate to "
      "begin with what is there now",
      path_);
  // A mere `touch` leaves what SQLite's header counts as it was, and the log is then needed.
  const bool is_another = now.header != state_->header || stamp.size != stamp_->size;
  if (is_another && std::rename(log.c_str(), aside.c_str()) == 0) {
    std::rename((path_ + "-shm").c_str(), (path_ + "-shm" + std::string(kAside)).c_str());
    words += fmt::format(" (the log of what was there before is in {})", aside);
  }
  return {ErrorKind::transient, std::move(words)};
}

}  // namespace mmsgate::store
