// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <sqlite3.h>

#include <map>
#include <memory>
#include <mutex>

namespace mmsgate::store::kit {
namespace {

/// The methods of a file as SQLite sees them, and the real ones behind them. `methods` is first: SQLite's pointer to it
/// is a pointer to all of this.
struct Methods {
  sqlite3_io_methods methods;
  const sqlite3_io_methods* real;
};

/// SQLite's file layer knows nothing of objects: these two are how its functions find the test's.
std::atomic<FaultyDisk*> disk = nullptr;
sqlite3_vfs* real_vfs = nullptr;

const sqlite3_io_methods& real(sqlite3_file* file) { return *reinterpret_cast<const Methods*>(file->pMethods)->real; }

/// A database may outlive the disk's faults.
int gate() {
  FaultyDisk* const faulty = disk;
  return faulty == nullptr ? SQLITE_OK : faulty->gate();
}

int read(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
  const FaultyDisk* const faulty = disk;
  if (faulty != nullptr && faulty->read_gate() != SQLITE_OK) return faulty->read_gate();
  return real(file).xRead(file, bytes, count, at);
}

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
  if (const int code = gate(); code != SQLITE_OK) return code;
  return real(file).xWrite(file, bytes, count, at);
}

/// Nothing is waited for: a test has no power to lose.
int sync(sqlite3_file*, int) { return gate(); }

/// One gated copy for each kind of file that SQLite has; there are a handful.
const sqlite3_io_methods* gated(const sqlite3_io_methods* methods) {
  static std::mutex mutex;
  static std::map<const sqlite3_io_methods*, std::unique_ptr<Methods>> made;
  const std::lock_guard lock(mutex);
  auto& copy = made[methods];
  if (copy == nullptr) {
    copy = std::make_unique<Methods>(Methods{*methods, methods});
    copy->methods.xRead = read;
    copy->methods.xWrite = write;
    copy->methods.xSync = sync;
  }
  return &copy->methods;
}

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
  if (file->pMethods != nullptr) file->pMethods = gated(file->pMethods);
  return code;
}

sqlite3_vfs& gated_vfs() {
  static sqlite3_vfs vfs = [] {
    real_vfs = sqlite3_vfs_find(nullptr);
    sqlite3_vfs copy = *real_vfs;
    copy.zName = "faulty";
    copy.xOpen = open;
    return copy;
  }();
  return vfs;
}

}  // namespace

FaultyDisk::FaultyDisk() {
  disk = this;
  sqlite3_vfs_register(&gated_vfs(), /*makeDflt=*/1);
}

FaultyDisk::~FaultyDisk() {
  sqlite3_vfs_unregister(&gated_vfs());
  disk = nullptr;
}

void FaultyDisk::fail(int code, long good, long bad) {
  code_ = code;
  good_ = good;
  bad_ = bad;
}

int FaultyDisk::gate() {
  ++operations_;
  if (good_ > 0) {
    --good_;
    return SQLITE_OK;
  }
  if (bad_ > 0) {
    --bad_;
    return code_;
  }
  return SQLITE_OK;
}

}  // namespace mmsgate::store::kit
