// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.hpp"

#include <sqlite3.h>

#include "store/sqlite_error.hpp"

namespace mmsgate::store {

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode, Duration patience) {
  // Nobody asks SQLite how much memory it uses, and its counting would take a lock at each allocation. The first one
  // decides, for the whole process.
  [[maybe_unused]] static const int kCountsNothing = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int access = mode == Mode::writing ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  std::unique_ptr<Database> db(new Database(handle, path));
  if (!db->check(code)) return std::unexpected(*db->take_error());
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  return db;
}

Database::~Database() { sqlite3_close_v2(handle_); }

bool Database::check(int code) {
  if (code == SQLITE_OK) return true;
  if (!error_) error_ = sqlite_error(code, handle_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle_), path_);
  return false;
}

void Database::run(const std::string& sql) {
  if (!failed()) static_cast<void>(check(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr)));
}

std::int64_t Database::number(const std::string& sql) {
  std::int64_t value = 0;
  Statement statement(*this, sql);
  Cursor row = statement.query();
  if (row.next()) row.read(value);
  return value;
}

void Database::on_progress(std::function<void()> call) {
  constexpr int kSteps = 100'000;
  on_progress_ = std::move(call);
  const auto tell = [](void* self) {
    static_cast<Database*>(self)->on_progress_();
    return 0;  // go on
  };
  sqlite3_progress_handler(handle_, kSteps, on_progress_ ? +tell : nullptr, this);
}

void Database::copy_to(Database& other) {
  if (failed()) return;
  sqlite3_backup* copy = sqlite3_backup_init(other.handle_, "main", handle_, "main");
  if (copy == nullptr) {
    static_cast<void>(other.check(sqlite3_errcode(other.handle_)));
  } else {
    // In one go, in one read transaction: in pieces it would begin anew after each commit of the gateway.
    static_cast<void>(sqlite3_backup_step(copy, -1));
    static_cast<void>(other.check(sqlite3_backup_finish(copy)));
  }
  if (auto error = other.take_error()) error_ = std::move(error);
}

sqlite3_file* Database::open_file(int which) const {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle_, "main", which, static_cast<void*>(&file)) != SQLITE_OK) return nullptr;
  return file == nullptr || file->pMethods == nullptr ? nullptr : file;
}

std::optional<Database::FileState> Database::file_state() {
  // Through SQLite's own handles: another one, when it is closed, would take all of SQLite's locks with it (fcntl(2)).
  sqlite3_file* const file = open_file(SQLITE_FCNTL_FILE_POINTER);
  if (file == nullptr || file->pMethods->xShmMap == nullptr) return std::nullopt;
  // A log that is not in use yet, after a disk error at the start: SQLite would not let go of an index that we opened.
  if (open_file(SQLITE_FCNTL_JOURNAL_POINTER) == nullptr) return std::nullopt;
  constexpr int kRegionBytes = 32768;
  constexpr int kSaltAt = 32, kDoneAt = 96, kBegunAt = 128;
  void volatile* region = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, 0, &region) != SQLITE_OK || region == nullptr) return std::nullopt;
  const auto* index = static_cast<const volatile char*>(region);
  const auto word = [index](int at) { return *reinterpret_cast<const volatile std::uint32_t*>(index + at); };
  FileState state;
  state.checkpoint = {.salt = {word(kSaltAt), word(kSaltAt + 4)}, .done = word(kDoneAt), .begun = word(kBegunAt)};
  if (file->pMethods->xRead(file, state.header.data(), static_cast<int>(state.header.size()), 0) != SQLITE_OK) {
    return std::nullopt;
  }
  return state;
}

void Database::keep_off_the_file() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  run("PRAGMA wal_autocheckpoint = 0");
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
int Database::changes() const { return sqlite3_changes(handle_); }
std::int64_t Database::total_changes() const { return sqlite3_total_changes64(handle_); }

Cursor::~Cursor() {
  // reset() repeats the error that step() has given already.
  if (statement_ != nullptr) static_cast<void>(sqlite3_reset(statement_));
}

bool Cursor::next() {
  if (statement_ == nullptr || db_.failed()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) static_cast<void>(db_.check(code));
  sqlite3_reset(statement_);
  statement_ = nullptr;
  return false;
}

bool Cursor::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::int64_t Cursor::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Cursor::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes == nullptr ? std::string()
                          : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

Statement::~Statement() { sqlite3_finalize(statement_); }

bool Statement::prepare() {
  if (db_.failed()) return false;
  if (statement_ != nullptr) return true;
  return db_.check(sqlite3_prepare_v3(db_.handle_, sql_.c_str(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

bool Statement::bind_text(int index, std::string_view value, bool copy) {
  const char* bytes = value.data() == nullptr ? "" : value.data();  // a null pointer would bind NULL
  return db_.check(sqlite3_bind_text64(statement_, index, bytes, value.size(), copy ? SQLITE_TRANSIENT : SQLITE_STATIC,
                                       SQLITE_UTF8));
}

bool Statement::bind_integer(int index, std::int64_t value) {
  return db_.check(sqlite3_bind_int64(statement_, index, value));
}

bool Statement::bind_null(int index) { return db_.check(sqlite3_bind_null(statement_, index)); }

}  // namespace mmsgate::store
