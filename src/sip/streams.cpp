// SPDX-License-Identifier: Apache-2.0
#include "sip/streams.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "runtime/tcp_counts.hpp"

namespace mmsgate::sip {
namespace {

/// Of a body and the head behind it together: no empty line need be between them.
constexpr int kMostLines = 2000;
/// A stack reads less at once, see limit_what_a_read_takes().
constexpr std::size_t kPiece = 64 << 10;
/// Who may not speak to us hears that for one small request. Over TLS its lines cannot be counted here.
constexpr std::uint64_t kMostOfAStranger = 16 << 10;

/// What has come already would still be read.
void end(int fd) {
  ::shutdown(fd, SHUT_RDWR);
  while (::recv(fd, nullptr, kPiece, MSG_TRUNC | MSG_DONTWAIT) > 0) {
  }
}

}  // namespace

bool LineRun::take(std::string_view piece) {
  for (const char c : piece) {
    const bool is_rest_of_end = c == '\n' && after_return_;
    after_return_ = c == '\r';
    if (is_rest_of_end) continue;
    if (c != '\r' && c != '\n') {
      is_empty_ = false;
    } else if (std::exchange(is_empty_, true)) {
      lines_ = 0;
    } else if (++lines_ > kMostLines) {
      return false;
    }
  }
  return true;
}

Streams::Streams(std::string address, su_root_t* root, MaySpeak may_speak)
    : address_(std::move(address)), root_(root), may_speak_(std::move(may_speak)), bytes_(kPiece) {
  const auto before = [](void* self, su_root_t* /*root*/) { static_cast<Streams*>(self)->before_waiting(); };
  su_root_add_prepoll(root_, before, this);
}

Streams::~Streams() { su_root_remove_prepoll(root_); }

void Streams::before_waiting() {
  for (auto it = streams_.begin(); it != streams_.end();) {
    if (!it->second.is_over) {
      ++it;
      continue;
    }
    watches_.erase(it->first);
    it = streams_.erase(it);
  }
  bool is_known = true;
  for (const int likely : std::exchange(expected_, {})) {
    const auto connection = connection_at(likely, address_, ports_);
    if (!connection || !take(*connection)) is_known = false;
  }
  if (is_known) return;
  // Another thread has taken that descriptor first, or he has gone.
  const auto connections = connections_at(address_, ports_);
  if (!connections) return;
  for (const Connection& each : *connections) take(each);
}

bool Streams::take(const Connection& connection) {
  const std::uint64_t number = number_of(connection.fd);
  if (streams_.contains(number)) return false;
  runtime::Descriptor own(::fcntl(connection.fd, F_DUPFD_CLOEXEC, 0));
  if (!own.is_open()) {
    end(connection.fd);
    return true;
  }
  Stream& stream =
      streams_.try_emplace(number, Stream{.own = std::move(own), .from = connection.address}).first->second;
  watches_.try_emplace(number, root_, stream.own.get(), [this, &stream] { look(stream); });
  look(stream);  // of what is there already, the stack would be told first
  return true;
}

void Streams::look(Stream& stream) {
  const int fd = stream.own.get();
  const auto counts = runtime::tcp_counts(fd);
  const ssize_t size = ::recv(fd, bytes_.data(), bytes_.size(), MSG_PEEK | MSG_DONTWAIT);
  if (stream.is_over || (size < 0 && errno == EAGAIN)) return;
  stream.is_over = true;  // nothing more comes
  if (size <= 0 || !counts || !counts->received) return;
  const std::string_view piece(bytes_.data(), static_cast<std::size_t>(size));
  const std::uint64_t received = *counts->received;
  const std::uint64_t begin = received - std::min<std::uint64_t>(received, piece.size());
  const std::uint64_t known = std::min<std::uint64_t>(stream.seen - std::min(stream.seen, begin), piece.size());
  stream.seen = begin + piece.size();
  const bool is_sound = stream.lines.take(piece.substr(known));
  const bool is_too_much = received > kMostOfAStranger && !may_speak_(stream.from);
  stream.is_over = is_too_much || !is_sound;
  if (stream.is_over) end(fd);
}

}  // namespace mmsgate::sip
