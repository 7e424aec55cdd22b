// SPDX-License-Identifier: Apache-2.0
#include "phone/lines.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace mmsgate_sim {

void say(const Json& event) {
  const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

void complain(const std::string& reason, const std::string& id) {
  say({{"event", "error"}, {"reason", reason}, {"id", id}});
}

std::optional<Json> CommandReader::next(std::chrono::milliseconds limit) {
  if (pending_.find('\n') == std::string::npos && !at_end_) {
    pollfd wait{STDIN_FILENO, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
    std::array<char, 4096> buffer{};
    const ssize_t n = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (n <= 0) at_end_ = true;
    if (n > 0) pending_.append(buffer.data(), static_cast<std::size_t>(n));
  }
  const auto end = pending_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  Json command = Json::parse(pending_.substr(0, end), nullptr, false);
  pending_.erase(0, end + 1);
  if (command.is_object()) return command;
  complain("a command must be a JSON object on a line");
  return std::nullopt;
}

}  // namespace mmsgate_sim
