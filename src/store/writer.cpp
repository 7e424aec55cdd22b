// SPDX-License-Identifier: Apache-2.0
#include "store/writer.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "runtime/failpoint.hpp"

namespace mmsgate::store {
namespace {

/// How soon after a failure it is seen whether writing works again, when nobody asks for a write.
constexpr auto kProbePause = std::chrono::seconds(1);

}  // namespace

Writer::Writer(Database& db, const std::string& path, int most_per_commit, std::shared_ptr<runtime::Log> log)
    : db_(db),
      file_(path),
      overwritten_(db, path),
      most_per_commit_(static_cast<std::size_t>(std::max(most_per_commit, 1))),
      log_(std::move(log)),
      begin_(db, "BEGIN IMMEDIATE"),
      commit_(db, "COMMIT"),
      rollback_(db, "ROLLBACK"),
      savepoint_(db, "SAVEPOINT command"),
      undo_(db, "ROLLBACK TO command"),
      release_(db, "RELEASE command"),
      thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "store");
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
}

std::optional<Error> Writer::health() const {
  {
    const std::lock_guard lock(mutex_);
    if (health_) return health_;
    // Where nothing is written for long, nobody else looks.
    look_wanted_ = true;
    wake_.notify_one();
  }
  return file_.missing();
}

void Writer::enqueue(std::unique_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(task));
  if (waiting_.size() == 1) wake_.notify_one();
}

Writer::Batch Writer::take() {
  std::unique_lock lock(mutex_);
  const auto is_up = [this] { return stopping_ || look_wanted_ || !waiting_.empty(); };
  if (health_) {
    wake_.wait_for(lock, kProbePause, is_up);
  } else {
    wake_.wait(lock, is_up);
  }
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), most_per_commit_));
  Batch batch(std::move_iterator(waiting_.begin()), std::move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

void Writer::run() {
  for (;;) {
    Batch batch = take();
    if (batch.empty()) {
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      if (std::exchange(look_wanted_, false) && !health_) {
        lock.unlock();
        if (auto gone = look_at_the_file()) note_health(std::move(gone));
        continue;
      }
    }
    perform(batch);
  }
}

void Writer::perform(Batch& batch) {
  const auto before = db_.total_changes();
  std::optional<Error> error = transact(batch, Care::none);
  if (command_failed_ && batch.size() > 1) error = transact(batch, Care::savepoints);
  if (error) {
    for (const auto& task : batch) task->fail(*error);
  }
  const bool has_written = batch.empty() || db_.total_changes() != before;
  const std::optional<Error> ill = error ? error : trouble_;
  if (ill || has_written) note_health(ill);
  for (const auto& task : batch) task->answer();
}

std::optional<Error> Writer::transact(Batch& batch, Care care) {
  command_failed_ = false;
  trouble_.reset();
  if (auto gone = look_at_the_file()) return gone;
  begin_.run();
  runtime::failpoint("store: after BEGIN");
  std::optional<Error> error = db_.take_error();
  if (!error && batch.empty()) probe();
  for (auto task = batch.begin(); !error && task != batch.end(); ++task) error = run(**task, care);
  if (!error) error = db_.take_error();
  // Looked at once more, and late: what goes into a file that is gone must not be called stored.
  if (!error) error = file_.missing();
  if (!error) error = overwritten_.look();
  if (!error) {
    runtime::failpoint("store: before COMMIT");
    commit_.run();
    runtime::failpoint("store: after COMMIT");
    error = db_.take_error();
  }
  if (error && db_.in_transaction()) {
    rollback_.run();
    static_cast<void>(db_.take_error());
  }
  return error;
}

std::optional<Error> Writer::run(Task& task, Care care) {
  if (care == Care::savepoints) savepoint_.run();
  task.run();
  runtime::failpoint("store: after a command");
  const std::optional<Error> error = db_.take_error();
  if (error) {
    command_failed_ = true;
    if (error->kind == ErrorKind::transient || error->kind == ErrorKind::corrupt) trouble_ = error;
    // SQLite itself rolls everything back when it can do no more: a full disk, an I/O error.
    if (care == Care::none || !db_.in_transaction()) return error;
    task.fail(*error);
    undo_.run();
  }
  if (care == Care::savepoints) release_.run();
  return db_.take_error();
}

std::optional<Error> Writer::look_at_the_file() {
  if (overwritten_.error()) return overwritten_.error();
  auto gone = file_.missing();
  if (gone) {
    file_.keep_apart();
    gone = file_.missing();
  }
  if (!gone) {
    is_rescued_ = false;
    return overwritten_.look();
  }
  // What was committed and is only in the log would be lost with the process: the log is still ours to read.
  if (!std::exchange(is_rescued_, true) && file_.has_database()) {
    db_.run("PRAGMA wal_checkpoint(PASSIVE)");
    const auto error = db_.take_error();
    if (!error) log_->warning("the log of the database is gone; all that was in it is now in the database itself");
    is_rescued_ = !error;
  }
  return gone;
}

/// The smallest write there is: the version that the file has anyway.
void Writer::probe() { db_.run(fmt::format("PRAGMA user_version = {}", db_.number("PRAGMA user_version"))); }

void Writer::note_health(std::optional<Error> error) {
  std::unique_lock lock(mutex_);
  const bool was_well = !health_;
  health_ = error;
  lock.unlock();
  if (was_well && error) log_->error("cannot write: {}", error->detail);
  if (!was_well && !error) log_->info("the database can be written again");
}

}  // namespace mmsgate::store
