// SPDX-License-Identifier: Apache-2.0
// The one thread that writes. It takes all commands that wait, up to a number, into one transaction, so that they share
// the one fsync that a commit costs; then it answers each, in the order in which they came.
//
// submit() and health() may be called from any thread; commands run and are answered on the writer's thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "runtime/log.hpp"
#include "store/file.hpp"
#include "store/overwrite_watch.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

class Writer {
 public:
  /// Starts the thread "store". `db` is used by it alone from now on, until the Writer goes, and outlives it.
  Writer(Database& db, const std::string& path, int most_per_commit, std::shared_ptr<runtime::Log> log);
  /// Does and answers what was submitted before.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// `work` is run inside a transaction, and answers a T; whether it failed, the Database knows.
  template <typename T, typename Work>
  void submit(Work work, Done<T> done) {
    enqueue(std::make_unique<Command<T, Work>>(std::move(work), std::move(done)));
  }

  /// What the last write ended with. After a bad one a small write is tried now and then, so that it becomes good by
  /// itself.
  [[nodiscard]] std::optional<Error> health() const;

 private:
  class Task {
   public:
    virtual ~Task() = default;
    virtual void run() = 0;
    virtual void fail(const Error& error) = 0;
    virtual void answer() = 0;
  };

  template <typename T, typename Work>
  class Command final : public Task {
   public:
    Command(Work work, Done<T> done) : work_(std::move(work)), done_(std::move(done)) {}
    void run() override { result_ = work_(); }
    void fail(const Error& error) override { result_ = std::unexpected(error); }
    void answer() override { done_(std::move(result_)); }

   private:
    Work work_;
    Done<T> done_;
    Result<T> result_;
  };
  using Batch = std::vector<std::unique_ptr<Task>>;

  void enqueue(std::unique_ptr<Task> task);
  void run();
  /// Empty: it is time to see whether writing works again.
  [[nodiscard]] Batch take();
  void perform(Batch& batch);
  /// A savepoint each would cost a fifth of all the work for what hardly ever happens. So all run without, and only
  /// when one has failed they run once more, each with its own. Commands must bear that: they change nothing but the
  /// database.
  enum class Care { none, savepoints };
  /// The transaction; an error is one of all its commands.
  [[nodiscard]] std::optional<Error> transact(Batch& batch, Care care);
  /// One command. Answers the error when the whole transaction is lost by it.
  [[nodiscard]] std::optional<Error> run(Task& task, Care care);
  /// Is the file that we write to still the one that people see? The error if not.
  [[nodiscard]] std::optional<Error> look_at_the_file();
  void probe();
  void note_health(std::optional<Error> error);

  Database& db_;
  const FileWatch file_;
  OverwriteWatch overwritten_;
  bool is_rescued_ = false;  ///< The log is gone, and what was in it is in the database.
  const std::size_t most_per_commit_;
  const std::shared_ptr<runtime::Log> log_;
  Statement begin_, commit_, rollback_, savepoint_, undo_, release_;
  bool command_failed_ = false;   ///< In this transaction.
  std::optional<Error> trouble_;  ///< What it failed by, when that is not its own fault: a full disk.

  mutable std::mutex mutex_;
  mutable std::condition_variable wake_;
  std::deque<std::unique_ptr<Task>> waiting_;  // guarded by mutex_
  std::optional<Error> health_;                // guarded by mutex_
  bool stopping_ = false;                      // guarded by mutex_
  mutable bool look_wanted_ = false;           // guarded by mutex_
  std::thread thread_;                         // last: it uses the others
};

}  // namespace mmsgate::store
