// SPDX-License-Identifier: Apache-2.0
// A disk that fails when a test wants it to: SQLite's own file layer with a gate before each read, write and sync.
// Stands in for every database that is opened while it lives. One at a time; its members may be called from any thread.
#pragma once

#include <atomic>

namespace mmsgate::store::kit {

class FaultyDisk {
 public:
  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// After `good` more operations that succeed, `bad` of them fail with SQLite's `code`.
  void fail(int code, long good = 0, long bad = kForEver);
  /// From now on nothing can be read: SQLite's `code`.
  void fail_reads(int code) { read_code_ = code; }
  void heal() {
    fail(0, kForEver, 0);
    read_code_ = 0;
  }
  /// How many have been tried.
  [[nodiscard]] long operations() const { return operations_; }
  static constexpr long kForEver = 1L << 40;

  /// What the next operation answers; for the file layer.
  [[nodiscard]] int gate();
  [[nodiscard]] int read_gate() const { return read_code_; }

 private:
  std::atomic<int> read_code_ = 0;
  std::atomic<int> code_ = 0;
  std::atomic<long> good_ = kForEver;
  std::atomic<long> bad_ = 0;
  std::atomic<long> operations_ = 0;
};

}  // namespace mmsgate::store::kit
