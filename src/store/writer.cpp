// SPDX-License-Identifier: Apache-2.0
#include "store/writer.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "runtime/failpoint.hpp"

namespace mmsgate::store {
namespace {

/// How soon after a failure it is seen whether writing works again, when nobody asks for a write.
constexpr auto kProbePause = std::chrono::seconds(1);

}  // namespace

Writer::Writer(Database& db, FileWatch file, int most_per_commit, std::shared_ptr<runtime::Log> log)
    : db_(db),
      file_(std::move(file)),
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
  if (auto gone = file_.missing()) return gone;
  const std::lock_guard lock(mutex_);
  return health_;
}

void Writer::enqueue(std::unique_ptr<Task> task) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(task));
  if (waiting_.size() == 1) wake_.notify_one();
}

Writer::Batch Writer::take() {
  std::unique_lock lock(mutex_);
  const auto is_up = [this] { return stopping_ || !waiting_.empty(); };
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
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
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
  if (auto gone = file_.missing()) return gone;
  begin_.run();
  runtime::failpoint("store: after BEGIN");
  std::optional<Error> error = db_.take_error();
  if (!error && batch.empty()) probe();
  for (auto task = batch.begin(); !error && task != batch.end(); ++task) error = run(**task, care);
  if (!error) error = db_.take_error();
  // Looked at once more, and late: what goes into a file that is gone must not be called stored.
  if (!error) error = file_.missing();
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
