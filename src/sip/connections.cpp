// SPDX-License-Identifier: Apache-2.0
#include "sip/connections.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <utility>

namespace mmsgate::sip {
namespace {

using std::chrono::milliseconds;

/// From a connection to the look at all of them: many that come at once are looked at once.
constexpr milliseconds kSoon{50};
/// So much rarer when there is nothing to look with.
constexpr int kSparing = 20;
/// What a proxy may send to keep a connection open, two or four bytes now and then (RFC 5626 3.5.1), is no request that
/// drips. More than so much is.
constexpr std::uint64_t kPings = 256;

runtime::Descriptor spare_descriptor() { return runtime::Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

void end(const Connection& connection) { ::shutdown(connection.fd, SHUT_RDWR); }

/// Of the processor's time, this thread's.
std::chrono::nanoseconds used() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Connections::Connections(const Options& options, SipLoop& loop, MaySpeak may_speak, OnCrowd on_crowd)
    : options_(options),
      may_speak_(std::move(may_speak)),
      on_crowd_(std::move(on_crowd)),
      root_(loop.root()),
      streams_(options_.address, root_, may_speak_),
      spare_(spare_descriptor()),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  watches_.emplace_back(root_, timer_.get(), [this] { look(); });
}

void Connections::watch(std::uint16_t port) {
  ports_.push_back(port);
  streams_.watch(port);
  for (const int fd : listeners_at(options_.address, port)) {
    // The stack has its own eye on this one: an event loop takes each descriptor once.
    const int own = listeners_.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0)).get();
    watches_.emplace_back(root_, own, [this, own] { on_knock(own); });
  }
}

void Connections::on_knock(int listener) {
  look_within(kSoon);
  const runtime::Descriptor free(::fcntl(listener, F_DUPFD_CLOEXEC, 0));
  if (free.is_open()) return streams_.expect(free.get());
  // The stack cannot take it either, and would be told of it again and again. The spare one is for whoever knocks now:
  // he is let in, and out again.
  spare_ = runtime::Descriptor();
  while (runtime::Descriptor(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)).is_open()) {
  }
  spare_ = spare_descriptor();
}

void Connections::look_within(milliseconds pause) {
  const Time now = std::chrono::steady_clock::now();
  const Time at = pace_.next(now, pause);
  if (next_look_ && *next_look_ <= at) return;
  next_look_ = at;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at - now);
  const std::chrono::nanoseconds rest = at - now - seconds;
  const itimerspec when{.it_interval = {}, .it_value = {.tv_sec = seconds.count(), .tv_nsec = rest.count()}};
  ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

void Connections::look() {
  std::uint64_t times = 0;
  [[maybe_unused]] const ssize_t told = ::read(timer_.get(), &times, sizeof times);  // it is at rest until set again
  next_look_.reset();
  const std::chrono::nanoseconds before = used();
  const auto pause = look_at_all(std::chrono::steady_clock::now());
  pace_.looked(std::chrono::steady_clock::now(), used() - before);
  if (pause) look_within(*pause);
}

std::optional<milliseconds> Connections::look_at_all(Time now) {
  spare_ = runtime::Descriptor();
  const auto connections = connections_at(options_.address, ports_);
  spare_ = spare_descriptor();
  if (!connections) return kSoon * kSparing;
  std::map<int, Known> before = std::exchange(known_, {});
  std::vector<Live> live;
  for (const Connection& each : *connections) {
    const auto counts = runtime::tcp_counts(each.fd);
    if (!counts) continue;
    if (const auto node = before.find(each.fd); node != before.end()) known_.insert(before.extract(node));
    Known& known = find(each, now);
    if (heard_.contains(known.peer)) {
      known = {.peer = known.peer,
               .since = now,
               .has_spoken = true,
               .bytes = counts->received.value_or(0),
               .unended_since = {}};
    }
    is_overdue(known, *counts, now) ? end(each) : live.push_back({each, &known, counts->quiet});
  }
  heard_.clear();
  const bool is_none = live.empty();
  thin_out(std::move(live));
  if (is_none) return std::nullopt;
  return std::min(options_.connections.first_request, options_.connections.idle) / 6;
}

/// Descriptors are used again: by another it is another's.
Connections::Known& Connections::find(const Connection& connection, Time now) {
  const Peer peer{connection.address, connection.port};
  const auto [node, is_new] = known_.try_emplace(connection.fd, Known{.peer = peer, .since = now});
  if (!is_new && node->second.peer != peer) node->second = {.peer = peer, .since = now};
  return node->second;
}

bool Connections::is_overdue(Known& known, const runtime::TcpCounts& counts, Time now) const {
  const ConnectionLimits& limits = options_.connections;
  if (!known.has_spoken && now - known.since >= limits.first_request) return true;
  // What came just now may be a request that the stack has not read: it would be taken and never answered.
  const milliseconds at_rest = std::min<milliseconds>(limits.idle / 10, std::chrono::seconds(5));
  if (known.has_spoken && now - known.since >= limits.idle && counts.quiet >= at_rest) return true;
  if (!known.has_spoken || counts.received.value_or(known.bytes) - known.bytes <= kPings) return false;
  if (!known.unended_since) known.unended_since = now;
  return now - *known.unended_since >= limits.first_request;
}

/// One address has so many, all have so many; whoever may not speak shares the room of one address with his like. Those
/// that have said nothing go first, of them that which was quiet for the longest.
void Connections::thin_out(std::vector<Live> live) {
  std::ranges::sort(live, [](const Live& a, const Live& b) {
    return std::pair(a.known->has_spoken, b.quiet) < std::pair(b.known->has_spoken, a.quiet);
  });
  std::map<std::optional<formats::IpAddress>, std::vector<const Live*>> groups;
  for (const Live& each : live) {
    const bool may_speak = may_speak_(each.connection.address);
    groups[may_speak ? std::optional(each.connection.address.household()) : std::nullopt].push_back(&each);
  }
  std::size_t left = live.size();
  const auto shrink = [&left](std::vector<const Live*>& group, std::size_t room) {
    const std::size_t over = group.size() - std::min(group.size(), room);
    for (std::size_t i = 0; i < over; ++i) end(group[i]->connection);
    group.erase(group.begin(), group.begin() + static_cast<std::ptrdiff_t>(over));
    left -= over;
    return over > 0;
  };
  for (auto& [who, group] : groups) {
    const std::string one_of_them = group.front()->connection.address.str();
    if (shrink(group, options_.connections.most_of_one)) on_crowd_(one_of_them);
  }
  while (left > options_.connections.most) {
    auto& [who, largest] = *std::ranges::max_element(groups, {}, [](const auto& each) { return each.second.size(); });
    shrink(largest, largest.size() - 1);
  }
}

}  // namespace mmsgate::sip
