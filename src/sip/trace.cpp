// SPDX-License-Identifier: Apache-2.0
#include "sip/trace.hpp"

#include <algorithm>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace mmsgate::sip {
namespace {

/// "2026-11-27T17:04:05.123Z"
std::string stamp(TimePoint now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (now - seconds).count());
}

}  // namespace

Result<std::shared_ptr<Trace>> Trace::open(const TraceOptions& options, const Clock& clock,
                                           std::shared_ptr<runtime::Log> log) {
  std::unique_ptr<runtime::TextFile> file;
  if (!options.file.empty()) {
    auto opened = runtime::TextFile::open(options.file);
    if (!opened) {
      return fail(opened.error().kind, fmt::format("{} ([sip] siplogfile)", opened.error().detail));
    }
    file = *std::move(opened);
  }
  return std::shared_ptr<Trace>(new Trace(options, clock, std::move(log), std::move(file)));
}

Trace::Trace(const TraceOptions& options, const Clock& clock, std::shared_ptr<runtime::Log> log,
             std::unique_ptr<runtime::TextFile> file)
    : path_(options.file),
      log_level_(options.log_level),
      file_level_(options.file_level),
      clock_(clock),
      log_(std::move(log)),
      file_(std::move(file)) {}

Result<bool> Trace::reopen() { return file_ ? file_->reopen() : Result<bool>(true); }

void Trace::set_levels(int log_level, int file_level) {
  log_level_ = log_level;
  file_level_ = file_level;
}

int Trace::level() const { return std::max<int>(log_level_, file_ ? file_level_.load() : 0); }

void Trace::take(std::string_view said) {
  const auto traced = text_.take(said);
  if (!traced) return;
  const int least = traced->is_message ? kMessages : 1;
  if (file_ && file_level_ >= least) write_to_file(*traced);
  if (log_level_ >= least) write_to_log(*traced);
}

void Trace::write_to_file(const Traced& traced) {
  std::string block = fmt::format("{} {}\n", stamp(clock_.now()), traced.head);
  for (const std::string& line : traced.lines) block += line.empty() ? "\n" : fmt::format("  {}\n", line);
  if (traced.is_message) block += '\n';
  const bool was_full = std::exchange(is_full_, !file_->add(block));
  if (is_full_ && !was_full) log_->warning("the trace {} cannot be written: is the disk full?", path_);
}

void Trace::write_to_log(const Traced& traced) {
  log_->always(fmt::format("sip: {}", traced.head));
  for (const std::string& line : traced.lines) log_->always(fmt::format("sip: | {}", line));
}

}  // namespace mmsgate::sip
