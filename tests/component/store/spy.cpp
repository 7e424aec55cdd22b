// SPDX-License-Identifier: Apache-2.0
#include "spy.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <mutex>

namespace mmsgate::store::kit {
namespace {

std::mutex mutex;
std::vector<std::string> seen;  // guarded by mutex

int on_statement(unsigned, void*, void* statement, void*) {
  const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement));
  const std::lock_guard lock(mutex);
  if (sql != nullptr) seen.emplace_back(sql);
  return 0;
}

/// Called by SQLite for each connection that is opened.
int on_open(sqlite3* db, char**, const void*) { return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, on_statement, nullptr); }

void (*entry())() { return reinterpret_cast<void (*)()>(on_open); }

}  // namespace

Spy::Spy() {
  forget();
  sqlite3_auto_extension(entry());
}

Spy::~Spy() { sqlite3_cancel_auto_extension(entry()); }

std::vector<std::string> Spy::statements() const {
  const std::lock_guard lock(mutex);
  return seen;
}

int Spy::count(const std::string& statement) const {
  const std::lock_guard lock(mutex);
  return static_cast<int>(std::ranges::count(seen, statement));
}

void Spy::forget() {
  const std::lock_guard lock(mutex);
  seen.clear();
}

}  // namespace mmsgate::store::kit
