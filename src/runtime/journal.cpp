// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>

namespace mmsgate::runtime {
namespace {

/// syslog(3)'s number of a level.
char priority(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::critical:
      return '2';
    case spdlog::level::err:
      return '3';
    case spdlog::level::warn:
      return '4';
    case spdlog::level::info:
      return '6';
    case spdlog::level::debug:
    case spdlog::level::trace:
    case spdlog::level::off:
    case spdlog::level::n_levels:
      return '7';
  }
  return '7';
}

class Priority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line, const std::tm& /*time*/, spdlog::memory_buf_t& to) override {
    to.push_back('<');
    to.push_back(priority(line.level));
    to.push_back('>');
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

}  // namespace

bool is_journal(int fd) {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(fd, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

std::unique_ptr<spdlog::formatter> journal_form() {
  auto form = std::make_unique<spdlog::pattern_formatter>();
  form->add_flag<Priority>('*').set_pattern("%*%v");
  return form;
}

}  // namespace mmsgate::runtime
