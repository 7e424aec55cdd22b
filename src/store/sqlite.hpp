// SPDX-License-Identifier: Apache-2.0
// SQLite's C interface as values: a connection, a prepared statement, one run of it. Used by one thread at a time.
//
// Errors stick, as in a stream: the first one stays with the Database, and until it is taken nothing more is done and
// every read yields nothing. So a command is written as if all went well and looks once, at its end, whether it did.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"

struct sqlite3;
struct sqlite3_file;
struct sqlite3_stmt;

namespace mmsgate::store {

class Database {
 public:
  enum class Mode { writing, reading };

  /// Opens a file that exists. Waits up to `patience` for a lock that another program holds.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode, Duration patience);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Statements without values, one or several.
  void run(const std::string& sql);
  /// The one number that the query answers; 0 when there is none. For PRAGMAs and start-up.
  [[nodiscard]] std::int64_t number(const std::string& sql);
  /// Calls it after each so many of SQLite's steps, some milliseconds; nothing: it is called no more.
  void on_progress(std::function<void()> call);
  /// All of it, as it is at one moment, into `other`, which becomes the same; what goes wrong on either side is our
  /// error.
  void copy_to(Database& other);

  /// The file as it lies on the disk, and how far the log has been folded into it (https://sqlite.org/walformat.html).
  struct FileState {
    std::array<char, 100> header{};
    struct Checkpoint {
      std::array<std::uint32_t, 2> salt{};  ///< Tells one life of the log from the next.
      std::uint32_t done = 0, begun = 0;    ///< So many of its frames are in the file; so many were to be.
      bool operator==(const Checkpoint&) const = default;
    } checkpoint;
    [[nodiscard]] bool is_settled() const { return checkpoint.done == checkpoint.begun; }
  };
  /// Nothing: not in WAL mode, or it cannot be read.
  [[nodiscard]] std::optional<FileState> file_state();
  /// From now on nothing of the log goes into the file, not even when this closes.
  void keep_off_the_file();

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  /// The error, if any; the Database works again.
  [[nodiscard]] std::optional<Error> take_error() { return std::exchange(error_, std::nullopt); }

  /// False also when SQLite has rolled back by itself, as it does when the disk is full.
  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] std::int64_t last_row_id() const;
  /// Rows changed by the last statement, and ever.
  [[nodiscard]] int changes() const;
  [[nodiscard]] std::int64_t total_changes() const;

 private:
  friend class Statement;
  friend class Cursor;
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  /// Keeps the error unless `code` is SQLITE_OK; true when it is.
  bool check(int code);
  /// SQLite's own, by an SQLITE_FCNTL_..._POINTER; null: it is not open.
  [[nodiscard]] sqlite3_file* open_file(int which) const;

  sqlite3* handle_;
  std::string path_;
  std::optional<Error> error_;
  std::function<void()> on_progress_;
};

/// One run of a statement, row by row; ends it when it goes.
class Cursor {
 public:
  Cursor(Database& db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}
  ~Cursor();
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  /// Steps to the next row; false: there is none, or an error.
  [[nodiscard]] bool next();
  /// The columns of the row, from the left.
  template <typename... Fields>
  void read(Fields&... fields) {
    int column = 0;
    (get(column++, fields), ...);
  }

 private:
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;

  template <typename T>
  void get(int column, T& field) const {
    if constexpr (std::is_same_v<T, std::string>) {
      field = text(column);
    } else if constexpr (std::is_same_v<T, TimePoint>) {
      field = from_unix_ms(integer(column));
    } else {
      field = static_cast<T>(integer(column));
    }
  }
  template <typename Tag>
  void get(int column, RowId<Tag>& field) const {
    field.value = integer(column);
  }
  template <typename T>
  void get(int column, std::optional<T>& field) const {
    field.reset();
    if (!is_null(column)) get(column, field.emplace());
  }
  void get(int column, std::optional<BlobId>& field) const { field = BlobId::parse(text(column)); }

  Database& db_;
  sqlite3_stmt* statement_;  ///< Null: it could not be begun.
};

/// Prepared at its first use and kept.
class Statement {
 public:
  Statement(Database& db, std::string sql) : db_(db), sql_(std::move(sql)) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Begins a run that answers rows. Texts are copied: they may go before the cursor does.
  template <typename... Values>
  [[nodiscard]] Cursor query(const Values&... values) {
    return Cursor(db_, begin(/*copy_texts=*/true, values...) ? statement_ : nullptr);
  }
  /// Runs to the end.
  template <typename... Values>
  void run(const Values&... values) {
    Cursor cursor(db_, begin(/*copy_texts=*/false, values...) ? statement_ : nullptr);
    while (cursor.next()) continue;
  }

 private:
  template <typename... Values>
  [[nodiscard]] bool begin([[maybe_unused]] bool copy_texts, const Values&... values) {
    if (!prepare()) return false;
    int index = 1;
    return (bind(index++, values, copy_texts) && ...);
  }
  [[nodiscard]] bool prepare();
  [[nodiscard]] bool bind_text(int index, std::string_view value, bool copy);
  [[nodiscard]] bool bind_integer(int index, std::int64_t value);
  [[nodiscard]] bool bind_null(int index);

  template <typename T>
  [[nodiscard]] bool bind(int index, const T& value, bool copy) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      return bind_text(index, value, copy);
    } else if constexpr (std::is_same_v<T, TimePoint>) {
      return bind_integer(index, to_unix_ms(value));
    } else if constexpr (std::is_same_v<T, BlobId>) {
      return bind_text(index, value.str(), copy);
    } else {
      return bind_integer(index, static_cast<std::int64_t>(value));
    }
  }
  template <typename Tag>
  [[nodiscard]] bool bind(int index, const RowId<Tag>& value, bool) {
    return bind_integer(index, value.value);
  }
  template <typename T>
  [[nodiscard]] bool bind(int index, const std::optional<T>& value, bool copy) {
    return value ? bind(index, *value, copy) : bind_null(index);
  }

  Database& db_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace mmsgate::store
