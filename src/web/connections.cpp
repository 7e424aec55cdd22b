// SPDX-License-Identifier: Apache-2.0
#include "web/connections.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

#include "runtime/tcp_counts.hpp"

namespace mmsgate::web {
namespace {

/// Who came, or was answered, no longer ago may be about to ask: he goes only where nobody else is left.
constexpr std::chrono::seconds kFresh{1};

/// Who reads fewer bytes a second than this is slow. More of him than there may be connections no line of a house
/// feeds.
constexpr std::uint64_t kSlow = 8 << 10;

/// Whoever has sent what we have not read yet may well ask for something. So many are looked at for one who has not.
constexpr std::ptrdiff_t kLooks = 64;

/// So many below its limit it begins to be crowded: as many may be on their way out while as many come in.
constexpr std::size_t crowded_at(std::size_t most) {
  return most - std::min(most, std::max<std::size_t>(1, most / 16));
}

int socket_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == nullptr ? -1 : info->connect_fd;
}

bool has_unread_bytes(MHD_Connection* connection) {
  char byte = 0;
  return ::recv(socket_of(connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/// Bytes that the other side has got. Nothing: the system does not say.
std::optional<std::uint64_t> acknowledged(MHD_Connection* connection) {
  const auto counts = runtime::tcp_counts(socket_of(connection));
  return counts ? counts->acknowledged : std::nullopt;
}

}  // namespace

bool Connections::opened(MHD_Connection* connection, const formats::IpAddress& from) {
  const Line line{.from = from.household(), .since = Clock::now()};
  const Room room = make_room(line.from, households_[line.from]);
  lines_[connection] = line;
  enter(connection, line);
  if (room == Room::none) cut(connection);
  return room == Room::free;
}

void Connections::closed(MHD_Connection* connection) {
  const auto found = lines_.find(connection);
  if (found == lines_.end()) return;
  leave(connection, found->second);
  if (found->second.stage == Stage::cut) --cut_;
  lines_.erase(found);
}

void Connections::answered(MHD_Connection* connection) {
  const auto found = lines_.find(connection);
  if (found == lines_.end() || found->second.stage == Stage::cut) return;
  leave(connection, found->second);
  found->second.since = Clock::now();
  found->second.stage = Stage::head;
  enter(connection, found->second);
}

void Connections::answer_has_begun(MHD_Connection* connection) {
  change(connection, Stage::answer);
  const auto found = lines_.find(connection);
  if (found == lines_.end()) return;
  found->second.reading = {.since = Clock::now(), .from = acknowledged(connection).value_or(0)};
}

bool Connections::change(MHD_Connection* connection, Stage stage) {
  const auto found = lines_.find(connection);
  if (found == lines_.end() || found->second.stage == Stage::cut) return false;
  leave(connection, found->second);
  found->second.stage = stage;
  enter(connection, found->second);
  return true;
}

void Connections::enter(MHD_Connection* connection, const Line& line) {
  if (line.stage == Stage::cut) return;
  Household& household = households_[line.from];
  ++household.lines;
  if (line.stage < Stage::work) household.waiting.emplace(line.stage, line.since, connection);
}

void Connections::leave(MHD_Connection* connection, const Line& line) {
  if (line.stage == Stage::cut) return;
  const auto household = households_.find(line.from);
  household->second.waiting.erase({line.stage, line.since, connection});
  if (--household->second.lines == 0) households_.erase(household);
}

void Connections::cut(MHD_Connection* connection) {
  if (const int fd = socket_of(connection); fd >= 0) ::shutdown(fd, SHUT_RDWR);
  change(connection, Stage::cut);
  ++cut_;
}

Connections::Room Connections::make_room(const formats::IpAddress& from, const Household& household) {
  if (household.lines >= limits_.most_per_address) {
    const auto first = first_to_go(household);
    if (first) cut(std::get<MHD_Connection*>(*first));
    return first || slowest_reader_gives_way(&from) ? Room::made : Room::none;
  }
  if (!is_crowded()) return Room::free;
  // Who reads slowly asks for little, who only sits there for nothing; who is about to ask, or sends us a file, for
  // more.
  const Household& crowd = *most_crowded();
  const auto first = first_to_go(crowd);
  const bool is_idle =
      first && std::get<Stage>(*first) == Stage::head && std::get<Clock::time_point>(*first) < Clock::now() - kFresh;
  if (!is_idle && slowest_reader_gives_way()) return Room::made;
  if (first) cut(std::get<MHD_Connection*>(*first));
  return Room::made;  // else all are busy with us, and libmicrohttpd lets the rest wait
}

bool Connections::is_crowded() const { return lines_.size() - cut_ >= crowded_at(limits_.most); }

const Connections::Household* Connections::most_crowded() const {
  const auto fresh = Clock::now() - kFresh;
  const auto rank = [fresh](const auto& each) {
    const auto& waiting = each.second.waiting;
    const bool is_old = !waiting.empty() && std::get<Clock::time_point>(*waiting.begin()) < fresh;
    return std::pair(is_old, waiting.size());
  };
  return &std::ranges::max_element(households_, {}, rank)->second;
}

std::optional<Connections::Waiting> Connections::first_to_go(const Household& household) {
  if (household.waiting.empty()) return std::nullopt;
  const Waiting& oldest = *household.waiting.begin();
  for (const Waiting& each : household.waiting | std::views::take(kLooks)) {
    if (std::get<Stage>(each) != std::get<Stage>(oldest)) break;
    if (!has_unread_bytes(std::get<MHD_Connection*>(each))) return each;
  }
  return oldest;
}

void Connections::sweep() {
  const auto now = Clock::now();
  if (now < next_look_) return;
  next_look_ = now + std::chrono::seconds(1);
  const auto oldest = now - limits_.request_time;
  std::vector<MHD_Connection*> late;
  for (const auto& [connection, line] : lines_) {
    if (line.stage < Stage::work && line.since <= oldest) late.push_back(connection);
  }
  for (MHD_Connection* connection : late) cut(connection);
  measure(now);
  // At libmicrohttpd's limit nobody gets in, and so nobody would make them give way.
  while (lines_.size() - cut_ >= limits_.most && slowest_reader_gives_way()) {
  }
}

void Connections::measure(Clock::time_point now) {
  for (auto& [connection, line] : lines_) {
    Reading& reading = line.reading;
    if (line.stage != Stage::answer || now - reading.since < limits_.reading) continue;
    const auto bytes = acknowledged(connection);
    if (!bytes) continue;
    const std::chrono::duration<double> passed = now - reading.since;
    const auto pace = static_cast<double>(*bytes - reading.from) / passed.count();
    reading = {.since = now, .from = *bytes, .pace = static_cast<std::uint64_t>(pace)};
  }
}

bool Connections::slowest_reader_gives_way(const formats::IpAddress* from) {
  MHD_Connection* slowest = nullptr;
  std::uint64_t pace = kSlow;
  for (const auto& [connection, line] : lines_) {
    if (line.stage != Stage::answer || !line.reading.pace || *line.reading.pace >= pace) continue;
    if (from != nullptr && line.from != *from) continue;
    slowest = connection;
    pace = *line.reading.pace;
  }
  if (slowest != nullptr) cut(slowest);
  return slowest != nullptr;
}

}  // namespace mmsgate::web
