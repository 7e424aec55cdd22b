// SPDX-License-Identifier: Apache-2.0
// The log: one line a change of state, for a person. Handed to who writes in it; thread-safe.
//
// Levels: error = the gateway cannot do its work; warning = a person should act; info = rare, and never in the hand of
// a stranger to fill; debug = each step of each message. Message bodies, passwords and URLs that hold a password are
// never passed in: there is Redacted for what must be named all the same.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"

namespace spdlog {
class logger;
}

namespace mmsgate::runtime {

enum class LogLevel { debug, info, warning, error, critical };

/// "DEBUG", "info", ...; nothing: no such level.
[[nodiscard]] std::optional<LogLevel> parse_log_level(std::string_view word);

class Log {
 public:
  /// To standard error (where that is systemd's journal, in its form), or appended to `file` when it is not empty.
  /// transient: the file cannot be opened.
  [[nodiscard]] static Result<std::shared_ptr<Log>> open(LogLevel level, const std::string& file);
  /// Drops everything; for tests.
  [[nodiscard]] static std::shared_ptr<Log> none();

  template <typename... Args>
  void debug(fmt::format_string<Args...> text, Args&&... args) {
    if (wants(LogLevel::debug)) write(LogLevel::debug, fmt::format(text, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void info(fmt::format_string<Args...> text, Args&&... args) {
    if (wants(LogLevel::info)) write(LogLevel::info, fmt::format(text, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void warning(fmt::format_string<Args...> text, Args&&... args) {
    if (wants(LogLevel::warning)) write(LogLevel::warning, fmt::format(text, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void error(fmt::format_string<Args...> text, Args&&... args) {
    if (wants(LogLevel::error)) write(LogLevel::error, fmt::format(text, std::forward<Args>(args)...));
  }

  /// What an option of its own asks for: written as info at whatever level.
  void always(std::string_view line);

  [[nodiscard]] bool wants(LogLevel level) const;
  void set_level(LogLevel level);
  /// Opens the file anew, under its name: what was there has been moved away (logrotate). transient: it cannot be
  /// opened; then the old one is written on.
  [[nodiscard]] Result<bool> reopen();

 private:
  Log(std::shared_ptr<spdlog::logger> logger, std::string file);
  void write(LogLevel level, std::string_view line);
  const std::shared_ptr<spdlog::logger> logger_;
  const std::string file_;
};

/// A phone number or a secret as the log shows it: its last two characters.
struct Redacted {
  std::string_view value;
};
[[nodiscard]] std::string to_string(Redacted redacted);

}  // namespace mmsgate::runtime

template <>
struct fmt::formatter<mmsgate::runtime::Redacted> : fmt::formatter<std::string> {
  auto format(mmsgate::runtime::Redacted r, format_context& ctx) const {
    return fmt::formatter<std::string>::format(mmsgate::runtime::to_string(r), ctx);
  }
};
