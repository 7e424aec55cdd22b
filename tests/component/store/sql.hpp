// SPDX-License-Identifier: Apache-2.0
// A second program beside the store: plain SQL on the same file.
#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace mmsgate::store::kit {

class Sql {
 public:
  explicit Sql(const std::string& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &db_), SQLITE_OK); }
  ~Sql() { sqlite3_close(db_); }
  Sql(const Sql&) = delete;
  Sql& operator=(const Sql&) = delete;

  /// Each row as its columns, separated by '|'; the test fails when SQLite does.
  std::vector<std::string> run(const std::string& sql) {
    std::vector<std::string> rows;
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), add_row, &rows, &error), SQLITE_OK) << sql << ": " << error;
    sqlite3_free(error);
    return rows;
  }

 private:
  static int add_row(void* rows, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i)
      row += (i > 0 ? "|" : "") + std::string(values[i] == nullptr ? "NULL" : values[i]);
    static_cast<std::vector<std::string>*>(rows)->push_back(row);
    return 0;
  }
  sqlite3* db_ = nullptr;
};

}  // namespace mmsgate::store::kit
