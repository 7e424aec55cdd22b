// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "runtime/journal.hpp"

namespace mmsgate::runtime {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::critical:
      return spdlog::level::critical;
  }
  return spdlog::level::warn;
}

/// What strangers send may be quoted in a line: no byte of it may end the line or talk to a terminal.
std::string printable(std::string_view line) {
  std::string clean(line);
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto byte = static_cast<unsigned char>(clean[i]);
    const auto next = static_cast<unsigned char>(i + 1 < clean.size() ? clean[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f) clean[i] = '?';
    // U+0080 to U+009F, the other control characters, are two bytes in UTF-8.
    if (byte == 0xc2 && next >= 0x80 && next <= 0x9f) clean[i] = clean[i + 1] = '?';
  }
  return clean;
}

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

/// Stays while the sink behind it is exchanged.
using Sinks = spdlog::sinks::dist_sink_mt;

Result<spdlog::sink_ptr> make_sink(const std::string& file) {
  try {
    if (file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_mt>();
    // The first time, so that it is for its owner alone whatever the umask: a trace may go there.
    constexpr mode_t kOwnerOnly = 0600;
    if (const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kOwnerOnly); fd >= 0) ::close(fd);
    return std::make_shared<spdlog::sinks::basic_file_sink_mt>(file);
  } catch (const spdlog::spdlog_ex& e) {
    return fail(ErrorKind::transient, fmt::format("cannot write the log file {}: {}", file, e.what()));
  }
}

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view word) {
  static constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::debug},
                                                                      {"info", LogLevel::info},
                                                                      {"warning", LogLevel::warning},
                                                                      {"error", LogLevel::error},
                                                                      {"critical", LogLevel::critical}};
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  for (const auto& [name, level] : kLevels) {
    if (std::ranges::equal(word, name, same)) return level;
  }
  return std::nullopt;
}

Log::Log(std::shared_ptr<spdlog::logger> logger, std::string file)
    : logger_(std::move(logger)), file_(std::move(file)) {}

Result<std::shared_ptr<Log>> Log::open(LogLevel level, const std::string& file) {
  auto sink = make_sink(file);
  if (!sink) return std::unexpected(sink.error());
  auto logger = std::make_shared<spdlog::logger>("mmsgate", std::make_shared<Sinks>(std::vector{*std::move(sink)}));
  if (file.empty() && is_journal(STDERR_FILENO)) {
    logger->set_formatter(journal_form());
  } else {
    logger->set_pattern(kPattern);
  }
  logger->set_level(to_spdlog(level));
  logger->flush_on(spdlog::level::debug);
  return std::shared_ptr<Log>(new Log(std::move(logger), file));
}

std::shared_ptr<Log> Log::none() {
  auto logger = std::make_shared<spdlog::logger>("none", std::make_shared<spdlog::sinks::null_sink_mt>());
  logger->set_level(spdlog::level::off);
  return std::shared_ptr<Log>(new Log(std::move(logger), ""));
}

Result<bool> Log::reopen() {
  if (file_.empty()) return true;
  auto sink = make_sink(file_);
  if (!sink) return std::unexpected(sink.error());
  (*sink)->set_pattern(kPattern);
  static_cast<Sinks&>(*logger_->sinks().front()).set_sinks({*std::move(sink)});
  return true;
}

void Log::set_level(LogLevel level) { logger_->set_level(to_spdlog(level)); }

bool Log::wants(LogLevel level) const { return logger_->should_log(to_spdlog(level)); }

void Log::always(std::string_view line) {
  const std::string clean = printable(line);
  const spdlog::details::log_msg message(logger_->name(), spdlog::level::info, clean);
  for (const spdlog::sink_ptr& sink : logger_->sinks()) {
    sink->log(message);
    sink->flush();
  }
}

void Log::write(LogLevel level, std::string_view line) { logger_->log(to_spdlog(level), printable(line)); }

std::string to_string(Redacted redacted) {
  constexpr std::size_t kShown = 2;
  if (redacted.value.size() <= kShown) return "**";
  return fmt::format("**{}", redacted.value.substr(redacted.value.size() - kShown));
}

}  // namespace mmsgate::runtime
