// SPDX-License-Identifier: Apache-2.0
// Who is connected, and how long each has been busy with a request that is not whole yet. libmicrohttpd ends what is
// silent; a client that sends a byte now and then it would serve for ever, and whoever opens as many connections as
// there may be would keep all others out. So the slow are cut off, and when it gets crowded, those who have asked for
// nothing yet give way to the newcomer: first of the address that has the most. So do those who read their answer so
// slowly that they would hold their connection for ever; while there is room, they may take their time. On the web
// thread.
#pragma once

#include <microhttpd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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
    std::chrono::milliseconds reading;  ///< Over so long it is measured how fast an answer is read.
  };
  /// So many beyond most_per_address libmicrohttpd must let in: they come before those that were cut have gone.
  static constexpr std::size_t kInBetween = 64;

  explicit Connections(Limits limits) : limits_(limits) {}

  /// False: somebody else had to give way to it, or it to those of its address.
  [[nodiscard]] bool opened(MHD_Connection* connection, const formats::IpAddress& from);
  void closed(MHD_Connection* connection);
  /// Its headers are here. False, here and below: it has been cut off meanwhile, and no answer would reach anybody.
  [[nodiscard]] bool request_has_begun(MHD_Connection* connection) { return change(connection, Stage::body); }
  /// From now on it waits for us.
  [[nodiscard]] bool request_is_whole(MHD_Connection* connection) { return change(connection, Stage::work); }
  /// From now on we wait for it.
  void answer_has_begun(MHD_Connection* connection);
  /// The next request of the connection may begin.
  void answered(MHD_Connection* connection);

  [[nodiscard]] bool empty() const { return lines_.empty(); }
  /// Cuts off what has taken longer than the limit. May be called at any time; looks once a second.
  void sweep();

 private:
  /// The first two give way in their order; slow readers besides.
  enum class Stage { head, body, work, answer, cut };
  /// How an answer is read.
  struct Reading {
    Clock::time_point since;
    std::uint64_t from = 0;             ///< Bytes acknowledged by then.
    std::optional<std::uint64_t> pace;  ///< Bytes a second, in the last Limits::reading; nothing: not measured yet.
  };
  struct Line {
    formats::IpAddress from;
    Clock::time_point since;
    Stage stage = Stage::head;
    Reading reading{};
  };
  using Waiting = std::tuple<Stage, Clock::time_point, MHD_Connection*>;
  struct Household {
    std::size_t lines = 0;      ///< That are not cut.
    std::set<Waiting> waiting;  ///< Those of them that may have to give way; the first is the first.
  };

  bool change(MHD_Connection* connection, Stage stage);
  void enter(MHD_Connection* connection, const Line& line);
  void leave(MHD_Connection* connection, const Line& line);
  /// Only the line is cut; libmicrohttpd sees that and takes the connection down itself.
  void cut(MHD_Connection* connection);
  enum class Room { free, made, none };
  [[nodiscard]] Room make_room(const formats::IpAddress& from, const Household& household);
  /// The one that has the most that ask for nothing; there is one at least.
  [[nodiscard]] const Household* most_crowded() const;
  /// Of those that may have to give way: the one that has waited longest in the earlier stage, and has not sent
  /// anything that is still to be read; the oldest, where all have.
  [[nodiscard]] static std::optional<Waiting> first_to_go(const Household& household);
  [[nodiscard]] bool is_crowded() const;
  void measure(Clock::time_point now);
  /// False: nobody reads slowly, of all or of those at that address.
  bool slowest_reader_gives_way(const formats::IpAddress* from = nullptr);

  const Limits limits_;
  Clock::time_point next_look_;
  std::map<MHD_Connection*, Line> lines_;
  std::map<formats::IpAddress, Household> households_;
  std::size_t cut_ = 0;  ///< Of the lines.
};

}  // namespace mmsgate::web
