// SPDX-License-Identifier: Apache-2.0
// A disk that fails when a test wants it to: SQLite's own file layer with a gate before each write and each sync.
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
  void heal() { fail(0, kForEver, 0); }
  /// How many have been tried.
  [[nodiscard]] long operations() const { return operations_; }
  static constexpr long kForEver = 1L << 40;

  /// What the next operation answers; for the file layer.
  [[nodiscard]] int gate();

 private:
  std::atomic<int> code_ = 0;
  std::atomic<long> good_ = kForEver;
  std::atomic<long> bad_ = 0;
  std::atomic<long> operations_ = 0;
};

}  // namespace mmsgate::store::kit
