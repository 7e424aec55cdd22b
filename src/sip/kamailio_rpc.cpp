// SPDX-License-Identifier: Apache-2.0
#include "sip/kamailio_rpc.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mmsgate::sip {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(1);
constexpr std::size_t kLargestAnswer = 256 << 10;  // more than the kernel passes on in a datagram by default

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
  fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  // Kamailio answers to the address that the question came from, so this end needs one too. The kernel picks a name
  // without a file (unix(7), autobind): Kamailio often runs as another user, who may not write to a file of ours.
  constexpr sa_family_t kAnyName = AF_UNIX;
  const bool is_named = fd_ >= 0 && ::bind(fd_, reinterpret_cast<const sockaddr*>(&kAnyName), sizeof kAnyName) == 0;
  if (is_named && ::connect(fd_, reinterpret_cast<const sockaddr*>(&*server), sizeof *server) == 0) return true;
  const int error = errno;
  close();
  return cannot_ask(server_, std::strerror(error));
}

void KamailioRpc::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<bool> KamailioRpc::send(const std::string& question) {
  if (const auto opened = open(); !opened) return opened;
  if (::send(fd_, question.data(), question.size(), MSG_DONTWAIT) >= 0) return true;
  const int error = errno;
  close();  // perhaps Kamailio was started anew, and its old socket is gone
  return cannot_ask(server_, std::strerror(error));
}

Result<std::string> KamailioRpc::receive(int id) {
  if (buffer_.empty()) buffer_.resize(kLargestAnswer);
  for (const auto end = Steady::now() + kPatience;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd wait{fd_, POLLIN, 0};
    if (left <= 0 || ::poll(&wait, 1, static_cast<int>(left)) <= 0) return cannot_ask(server_, "no answer in a second");
    const ssize_t n = ::recv(fd_, buffer_.data(), buffer_.size(), 0);
    if (n < 0) return cannot_ask(server_, std::strerror(errno));
    std::string answer(buffer_.data(), static_cast<std::size_t>(n));
    const auto json = nlohmann::json::parse(answer, nullptr, false);
    // An answer that came too late for an earlier question is passed over.
    if (field(json, "id") == id) return answer;
  }
}

Result<std::string> KamailioRpc::ask(const char* method, const std::vector<std::string>& parameters) {
  const int id = ++last_id_;
  const nlohmann::json json{{"jsonrpc", "2.0"}, {"method", method}, {"params", parameters}, {"id", id}};
  const std::string question = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  auto sent = send(question);
  if (!sent) sent = send(question);  // once more, to the socket of a Kamailio that was started anew
  if (!sent) return std::unexpected(sent.error());
  return receive(id);
}

}  // namespace mmsgate::sip
