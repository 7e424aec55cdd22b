// SPDX-License-Identifier: Apache-2.0
#include "sip/kamailio_rpc.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mmsgate::sip {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(1);
constexpr std::size_t kLargestAnswer = 64 << 10;
constexpr int kNotFound = 404;

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX};
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::rejected, fmt::format("the path {} is too long for a socket", path));
  }
  path.copy(address.sun_path, path.size());
  return address;
}

std::unexpected<Error> cannot_ask(const std::string& server, const char* why) {
  return fail(ErrorKind::transient, fmt::format("Kamailio cannot be asked at {} ([sip] kamailiorpc): {}", server, why));
}

/// Null where it is not there, whatever `json` is.
nlohmann::json field(const nlohmann::json& json, const char* name) {
  const auto it = json.is_object() ? json.find(name) : json.end();
  return it == json.end() ? nlohmann::json() : *it;
}

}  // namespace

Result<bool> KamailioRpc::open() {
  if (fd_ >= 0) return true;
  const auto server = address_of(server_);
  if (!server) return std::unexpected(server.error());
  std::string folder = (std::filesystem::temp_directory_path() / "mmsgate-rpc-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return cannot_ask(server_, std::strerror(errno));
  own_folder_ = folder;
  // Kamailio answers to the address that the question came from: a datagram socket needs a name of its own for that.
  const auto own = address_of(own_folder_ + "/s");
  if (!own) return std::unexpected(own.error());
  fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool bound = fd_ >= 0 && ::bind(fd_, reinterpret_cast<const sockaddr*>(&*own), sizeof *own) == 0;
  if (bound && ::connect(fd_, reinterpret_cast<const sockaddr*>(&*server), sizeof *server) == 0) return true;
  const int error = errno;
  close();
  return cannot_ask(server_, std::strerror(error));
}

void KamailioRpc::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  std::error_code ignored;
  if (!own_folder_.empty()) std::filesystem::remove_all(own_folder_, ignored);
  own_folder_.clear();
}

Result<std::string> KamailioRpc::ask(const std::string& question, int id) {
  if (const auto opened = open(); !opened) return std::unexpected(opened.error());
  if (::send(fd_, question.data(), question.size(), 0) < 0) {
    const int error = errno;
    close();  // Kamailio was started anew: its old socket is gone
    return cannot_ask(server_, std::strerror(error));
  }
  std::vector<char> buffer(kLargestAnswer);
  for (const auto end = Steady::now() + kPatience;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd wait{fd_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return cannot_ask(server_, "no answer in a second");
    const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n < 0) return cannot_ask(server_, std::strerror(errno));
    std::string answer(buffer.data(), static_cast<std::size_t>(n));
    const auto json = nlohmann::json::parse(answer, nullptr, false);
    // An answer that came too late for an earlier question is passed over.
    if (field(json, "id") == id) return answer;
  }
}

Result<bool> KamailioRpc::is_registered(const std::string& aor) {
  const int id = ++last_id_;
  const nlohmann::json question{{"jsonrpc", "2.0"}, {"method", "ul.lookup"}, {"params", {"location", aor}}, {"id", id}};
  auto answer = ask(question.dump(), id);
  if (!answer) answer = ask(question.dump(), id);  // once more: the first may have met a socket of an earlier Kamailio
  if (!answer) return std::unexpected(answer.error());
  return parse_lookup(*answer);
}

Result<bool> parse_lookup(const std::string& answer) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (!json.is_object()) return fail(ErrorKind::corrupt, "Kamailio's answer is no JSON");
  const auto error = field(json, "error");
  if (error.is_null()) return json.contains("result");
  if (field(error, "code") == kNotFound) return false;
  const auto said = field(error, "message");
  return fail(ErrorKind::transient,
              fmt::format("Kamailio answered: {}", said.is_string() ? said.get<std::string>() : "?"));
}

}  // namespace mmsgate::sip
