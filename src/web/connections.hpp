// SPDX-License-Identifier: Apache-2.0
// Who is connected, and how long each has been busy with a request that is not whole yet. libmicrohttpd ends what is
// silent; a client that sends a byte now and then it would serve for ever, and whoever opens as many connections as
// there may be would keep all others out. So the slow are cut off, and when it gets crowded, those who have asked for
// nothing yet give way to the newcomer: first of the address that has the most. On the web thread.
#pragma once

#include <microhttpd.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>

#include "formats/ip_address.hpp"

namespace mmsgate::web {

class Connections {
 public:
  using Clock = std::chrono::steady_clock;
  struct Limits {
    std::chrono::seconds request_time;
    std::size_t most;  ///< Of libmicrohttpd too: beyond it nobody gets in, so it begins to be crowded somewhat below.
    std::size_t most_per_address;
  };
  /// So many beyond most_per_address libmicrohttpd must let in: they come before those that were cut have gone.
  static constexpr std::size_t kInBetween = 64;

  explicit Connections(Limits limits) : limits_(limits) {}

  /// False: somebody else had to give way to it, or it to those of its address.
  [[nodiscard]] bool opened(MHD_Connection* connection, const formats::IpAddress& from);
  void closed(MHD_Connection* connection);
  /// Its headers are here.
  void request_has_begun(MHD_Connection* connection) { change(connection, Stage::body); }
  /// From now on it is answered; a slow reader is libmicrohttpd's to end.
  void request_is_whole(MHD_Connection* connection) { change(connection, Stage::answer); }
  /// The next request of the connection may begin.
  void answered(MHD_Connection* connection);

  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// Cuts off what has taken longer than the limit. May be called at any time; looks once a second.
  void sweep();

 private:
  /// In the order in which they give way; the last two do not.
  enum class Stage { head, body, answer, cut };
  struct Line {
    formats::IpAddress from;
    Clock::time_point since;
    Stage stage = Stage::head;
  };
  using Waiting = std::tuple<Stage, Clock::time_point, MHD_Connection*>;
  struct Household {
    std::size_t lines = 0;      ///< That are not cut.
    std::set<Waiting> waiting;  ///< Those of them that may have to give way; the first is the first.
  };

  void change(MHD_Connection* connection, Stage stage);
  void enter(MHD_Connection* connection, const Line& line);
  void leave(MHD_Connection* connection, const Line& line);
  /// Only the line is cut; libmicrohttpd sees that and takes the connection down itself.
  void cut(MHD_Connection* connection);
  enum class Room { free, made, none };
  [[nodiscard]] Room make_room(const Household& household);
  /// The one that has the most that ask for nothing; there is one at least.
  [[nodiscard]] const Household* most_crowded() const;
  bool first_gives_way(const Household& household);

  const Limits limits_;
  Clock::time_point next_look_;
  std::map<MHD_Connection*, Line> lines_;
  std::map<formats::IpAddress, Household> households_;
  std::size_t cut_ = 0;  ///< Of the lines.
};

}  // namespace mmsgate::web
