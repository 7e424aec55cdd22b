// SPDX-License-Identifier: Apache-2.0
// The trace of the SIP stack: where it goes and how much of it. For searching faults; it holds what people write to
// each other, and no passwords.
//
// The stack has one level for all that it says of itself, the higher of the two. Whole messages go where the level is
// kMessages or more.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "runtime/log.hpp"
#include "runtime/text_file.hpp"
#include "sip/trace_text.hpp"

namespace mmsgate::sip {

struct TraceOptions {
  int log_level = 0;   ///< 0 none ... 9.
  std::string file;    ///< Empty: none.
  int file_level = 0;  ///< Likewise, of what goes there.
};

class Trace {
 public:
  static constexpr int kMessages = 4;

  /// transient: the file cannot be opened. `clock` must outlive it.
  [[nodiscard]] static Result<std::shared_ptr<Trace>> open(const TraceOptions& options, const Clock& clock,
                                                           std::shared_ptr<runtime::Log> log);

  /// Any thread: the file anew, under its name (logrotate). transient: it cannot be opened; the old one is written on.
  [[nodiscard]] Result<bool> reopen();
  /// Any thread; the endpoint must be told (Endpoint::follow_trace). A file that there is not is not opened.
  void set_levels(int log_level, int file_level);
  /// Of the stack.
  [[nodiscard]] int level() const;
  [[nodiscard]] bool wants_messages() const { return level() >= kMessages; }
  /// One call of the stack's logger. The sip thread.
  void take(std::string_view said);

 private:
  Trace(const TraceOptions& options, const Clock& clock, std::shared_ptr<runtime::Log> log,
        std::unique_ptr<runtime::TextFile> file);
  void write_to_file(const Traced& traced);
  void write_to_log(const Traced& traced);

  const std::string path_;
  std::atomic<int> log_level_, file_level_;
  const Clock& clock_;
  const std::shared_ptr<runtime::Log> log_;
  const std::unique_ptr<runtime::TextFile> file_;  ///< Null: none.
  TraceText text_;
  bool is_full_ = false;  ///< The file took nothing last; said once.
};

}  // namespace mmsgate::sip
