// SPDX-License-Identifier: Apache-2.0
// Which calls of the REST interface came in and what they were answered. Every method may be called from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

#include "voipms/text.hpp"

namespace mmsgate_sim {

struct CallRecord {
  std::string method;
  bool get = false;    ///< The password stood in a URL.
  std::string status;  ///< The status word, or the fault that was answered instead.
  std::string detail;  ///< What the word does not say: which media could not be fetched, and why.
  std::string did;
  std::string dst;
  Time at;
};

class CallLog {
 public:
  explicit CallLog(std::size_t keep) : keep_(keep) {}

  void add(CallRecord record) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (record.get) ++get_calls_;
    records_.push_back(std::move(record));
    if (keep_ > 0 && records_.size() > keep_) records_.pop_front();
  }
  [[nodiscard]] Json list() const {
    const std::lock_guard lock(mutex_);
    Json list = Json::array();
    for (const CallRecord& record : records_) {
      list.push_back({{"method", record.method},
                      {"how", record.get ? "GET" : "POST"},
                      {"status", record.status},
                      {"detail", record.detail},
                      {"did", record.did},
                      {"dst", record.dst},
                      {"at", rfc3339(record.at)}});
    }
    return list;
  }
  /// All calls, and those by GET among them.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> counts() const {
    const std::lock_guard lock(mutex_);
    return {calls_, get_calls_};
  }
  void clear() {
    const std::lock_guard lock(mutex_);
    records_.clear();
    calls_ = get_calls_ = 0;
  }

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::size_t keep_;          // 0: all
  std::deque<CallRecord> records_;
  std::uint64_t calls_ = 0;
  std::uint64_t get_calls_ = 0;
};

}  // namespace mmsgate_sim
