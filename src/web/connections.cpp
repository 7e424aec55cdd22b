// SPDX-License-Identifier: Apache-2.0
#include "web/connections.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace mmsgate::web {
namespace {

/// Who came, or was answered, no longer ago may be about to ask: he goes only where nobody else is left.
constexpr std::chrono::seconds kFresh{1};

/// So many below its limit it begins to be crowded: as many may be on their way out while as many come in.
constexpr std::size_t crowded_at(std::size_t most) {
  return most - std::min(most, std::max<std::size_t>(1, most / 16));
}

}  // namespace

bool Connections::opened(MHD_Connection* connection, const formats::IpAddress& from) {
  const Line line{.from = from.household(), .since = Clock::now()};
  const Room room = make_room(households_[line.from]);
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

void Connections::change(MHD_Connection* connection, Stage stage) {
  const auto found = lines_.find(connection);
  if (found == lines_.end() || found->second.stage == Stage::cut) return;
  leave(connection, found->second);
  found->second.stage = stage;
  enter(connection, found->second);
}

void Connections::enter(MHD_Connection* connection, const Line& line) {
  if (line.stage == Stage::cut) return;
  Household& household = households_[line.from];
  ++household.lines;
  if (line.stage != Stage::answer) household.waiting.emplace(line.stage, line.since, connection);
}

void Connections::leave(MHD_Connection* connection, const Line& line) {
  if (line.stage == Stage::cut) return;
  const auto household = households_.find(line.from);
  household->second.waiting.erase({line.stage, line.since, connection});
  if (--household->second.lines == 0) households_.erase(household);
}

void Connections::cut(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  if (info != nullptr) ::shutdown(info->connect_fd, SHUT_RDWR);
  change(connection, Stage::cut);
  ++cut_;
}

Connections::Room Connections::make_room(const Household& household) {
  if (household.lines >= limits_.most_per_address) return first_gives_way(household) ? Room::made : Room::none;
  if (lines_.size() - cut_ < crowded_at(limits_.most)) return Room::free;
  first_gives_way(*most_crowded());  // else all are busy with us, and libmicrohttpd lets the rest wait
  return Room::made;
}

const Connections::Household* Connections::most_crowded() const {
  const auto fresh = Clock::now() - kFresh;
  const auto rank = [fresh](const auto& each) {
    const auto& waiting = each.second.waiting;
    const bool is_old = !waiting.empty() && std::get<Clock::time_point>(*waiting.begin()) < fresh;
    return std::pair(is_old, waiting.size());
  };
  return &std::ranges::max_element(households_, {}, rank)->second;
}

bool Connections::first_gives_way(const Household& household) {
  if (household.waiting.empty()) return false;
  cut(std::get<MHD_Connection*>(*household.waiting.begin()));
  return true;
}

void Connections::sweep() {
  const auto now = Clock::now();
  if (now < next_look_) return;
  next_look_ = now + std::chrono::seconds(1);
  const auto oldest = now - limits_.request_time;
  std::vector<MHD_Connection*> late;
  for (const auto& [connection, line] : lines_) {
    if (line.stage < Stage::answer && line.since <= oldest) late.push_back(connection);
  }
  for (MHD_Connection* connection : late) cut(connection);
}

}  // namespace mmsgate::web
