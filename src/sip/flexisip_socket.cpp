// SPDX-License-Identifier: Apache-2.0
#include "sip/flexisip_socket.hpp"

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "runtime/descriptor.hpp"

namespace mmsgate::sip {
namespace {

namespace fs = std::filesystem;
using runtime::Descriptor;
using Steady = std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::seconds(2);
constexpr std::size_t kLargestAnswer = 4U << 20;  ///< Some 20,000 registrations.
constexpr std::string_view kName = "flexisip-proxy-";

std::unexpected<Error> cannot_ask(const std::string& path, std::string_view why) {
  return fail(ErrorKind::transient, fmt::format("Flexisip cannot be asked at {}: {}", path, why));
}

/// Whoever listens there. -1: the kernel does not say.
ucred credentials_of(int fd) {
  constexpr auto kNobody = static_cast<uid_t>(-1);
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {.pid = 0, .uid = kNobody};
  return peer;
}

/// Anybody may put a socket into /tmp. One that we found ourselves must be root's, Flexisip's or our own: what it
/// answers decides where messages go.
bool is_trusted(const ucred& peer) {
  if (peer.uid == 0 || peer.uid == ::geteuid()) return true;
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* flexisip = nullptr;
  ::getpwnam_r("flexisip", &entry, buffer.data(), buffer.size(), &flexisip);
  return flexisip != nullptr && flexisip->pw_uid == peer.uid;
}

bool wait_for(int fd, short what, Steady::time_point end) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
  pollfd wait{fd, what, 0};
  return left > 0 && ::poll(&wait, 1, static_cast<int>(left)) > 0;
}

/// Who may open it can change later, and its PID may be that of a container, where it is always the same.
std::string bound_at(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return {};
  return fmt::format("{}.{:09}", found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

}  // namespace

std::vector<std::string> FlexisipSocket::candidates() const {
  if (!options_.path.empty()) return {options_.path};
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  std::error_code error;
  for (fs::directory_iterator it(options_.folder, error); !error && it != fs::directory_iterator();
       it.increment(error)) {
    std::error_code gone;
    if (!it->path().filename().string().starts_with(kName) || !it->is_socket(gone)) continue;
    found.emplace_back(it->last_write_time(gone), it->path().string());
  }
  std::ranges::sort(found, std::ranges::greater());
  std::vector<std::string> paths;
  for (auto& [time, path] : found) paths.push_back(std::move(path));
  std::string pid;
  if (std::ifstream(options_.pid_file) >> pid) {
    const auto named = std::ranges::find(paths, fmt::format("{}/{}{}", options_.folder, kName, pid));
    if (named != paths.end()) std::rotate(paths.begin(), named, named + 1);
  }
  return paths;
}

std::string FlexisipSocket::traces() const {
  std::string all;
  for (const std::string& path : candidates()) all += fmt::format("{} {}\n", path, bound_at(path));
  return all;
}

bool FlexisipSocket::meet() {
  peer_ = {};
  return std::ranges::any_of(candidates(), [this](const std::string& path) { return connect_to(path).has_value(); });
}

Result<std::string> FlexisipSocket::ask(const std::string& command) {
  peer_ = {};
  const auto paths = candidates();
  if (paths.empty()) {
    return cannot_ask(fmt::format("{}/{}PID", options_.folder, kName),
                      "it is not running, or elsewhere: see flexisipsocket");
  }
  // Left over from earlier starts there may be several; what they say is of no use when none answers but the first.
  auto first = ask_at(paths.front(), command);
  for (std::size_t i = 1; !first && i < paths.size(); ++i) {
    if (auto other = ask_at(paths[i], command)) return other;
  }
  return first;
}

Result<Descriptor> FlexisipSocket::connect_to(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX};
  if (path.size() >= sizeof address.sun_path) return cannot_ask(path, "the path is too long for a socket");
  path.copy(address.sun_path, path.size());
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* to = reinterpret_cast<const sockaddr*>(&address);
  if (socket.get() < 0 || ::connect(socket.get(), to, sizeof address) != 0) {
    return cannot_ask(path, errno == EAGAIN ? "too many ask at once" : std::strerror(errno));
  }
  const ucred peer = credentials_of(socket.get());
  if (options_.path.empty() && !is_trusted(peer)) {
    return cannot_ask(path, "it is neither root's nor flexisip's: name it with flexisipsocket to trust it");
  }
  peer_ = {path, peer.pid, bound_at(path)};
  return socket;
}

Result<std::string> FlexisipSocket::ask_at(const std::string& path, const std::string& command) {
  const auto connected = connect_to(path);
  if (!connected) return std::unexpected(connected.error());
  const Descriptor& socket = *connected;
  // Flexisip reads a command with one recv, so it must leave us in one piece; it is shorter than any buffer.
  if (::send(socket.get(), command.data(), command.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(command.size())) {
    return cannot_ask(path, std::strerror(errno));
  }
  std::string answer;
  std::array<char, 16 << 10> buffer{};
  for (const auto end = Steady::now() + kPatience; wait_for(socket.get(), POLLIN, end);) {
    const ssize_t n = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
    if (n == 0 && answer.empty()) return cannot_ask(path, "it hung up without an answer");
    if (n == 0) return answer;
    if (n < 0 && errno != EAGAIN && errno != EINTR) return cannot_ask(path, std::strerror(errno));
    if (n > 0) answer.append(buffer.data(), static_cast<std::size_t>(n));
    if (answer.size() > kLargestAnswer) return cannot_ask(path, "its answer has no end");
  }
  return cannot_ask(path, "no answer in two seconds");
}

}  // namespace mmsgate::sip
