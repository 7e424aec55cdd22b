// SPDX-License-Identifier: Apache-2.0
// Posts many web hooks as fast as they are answered, or at a rate, over a fixed number of kept connections, and
// measures. One run at a time, on a thread of its own ("bench"). start() may be called from any thread. What is posted
// is not in the log.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "voipms/world.hpp"

namespace mmsgate_sim {

struct BenchSpec {
  std::string url;
  std::int64_t count = 1000;
  std::int64_t concurrency = 64;
  double rate = 0;  ///< Posts a second; 0: as fast as it goes.
  std::string from = "5145550100";
  std::int64_t from_count = 1;  ///< So many numbers from `from` on, in turn.
  std::vector<std::string> to;  ///< In turn.
  std::string text_prefix = "bench";
  double seconds = 0;      ///< Nothing new is posted after so long; 0: until all are.
  std::int64_t first = 0;  ///< The number of the first one.
  double retry = 0;        ///< What is not answered 200 is posted again after so many seconds, as VoIP.ms does.
  std::int64_t tries = 1;  ///< So often at most.
  std::vector<std::string> from_addresses;  ///< The connections come from these, in turn.
};
/// std::invalid_argument says what is wrong.
[[nodiscard]] BenchSpec read_bench_spec(const Json& body, const Portal& portal);

class Bench {
 public:
  using Done = std::move_only_function<void(const Json&)>;

  explicit Bench(MessageLog& log) : log_(log) {}
  ~Bench() { stop(); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// True once: whoever got it may start(). False: one is running.
  [[nodiscard]] bool reserve() { return !reserved_.exchange(true); }
  /// Calls `done` on its thread, with the figures.
  void start(const BenchSpec& spec, Done done);
  /// Breaks off what is running. May be called twice.
  void stop();

 private:
  MessageLog& log_;
  std::mutex mutex_;
  std::thread thread_;  // guarded by mutex_
  std::atomic<bool> reserved_ = false;
  std::atomic<bool> stopping_ = false;
};

}  // namespace mmsgate_sim
