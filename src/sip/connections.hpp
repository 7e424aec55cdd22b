// SPDX-License-Identifier: Apache-2.0
// The connections that others have made to the SIP port. The stack takes whatever comes and keeps it for as long as it
// is kept open: here those are ended that ask for nothing, that drip, or that are too many. Lives on the sip thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "formats/ip_address.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/tcp_counts.hpp"
#include "sip/endpoint.hpp"
#include "sip/look_pace.hpp"
#include "sip/sip_loop.hpp"
#include "sip/sockets.hpp"
#include "sip/streams.hpp"

namespace mmsgate::sip {

class Connections {
 public:
  using MaySpeak = Streams::MaySpeak;
  /// Somebody has more connections than he may: his address.
  using OnCrowd = std::function<void(const std::string& address)>;
  Connections(const Options& options, SipLoop& loop, MaySpeak may_speak, OnCrowd on_crowd);
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  /// From now on, at this port too, where the stack listens.
  void watch(std::uint16_t port);
  /// A whole request came from there, and from one who may speak.
  void heard(const formats::IpAddress& address, std::uint16_t port) { heard_.emplace(address, port); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Peer = std::pair<formats::IpAddress, std::uint16_t>;
  struct Known {
    Peer peer;
    Time since;                         ///< Of its last request, or else of its beginning.
    bool has_spoken = false;            ///< There was one.
    std::uint64_t bytes = 0;            ///< That had come by then.
    std::optional<Time> unended_since;  ///< More has come, and is no whole request yet.
  };
  struct Live {
    Connection connection;
    const Known* known;
    std::chrono::milliseconds quiet;
  };

  /// Somebody connects.
  void on_knock(int listener);
  void look();
  /// In how long the next look is due by itself; nothing: not before somebody connects.
  [[nodiscard]] std::optional<std::chrono::milliseconds> look_at_all(Time now);
  void look_within(std::chrono::milliseconds pause);
  [[nodiscard]] Known& find(const Connection& connection, Time now);
  [[nodiscard]] bool is_overdue(Known& known, const runtime::TcpCounts& counts, Time now) const;
  void thin_out(std::vector<Live> live);

  const Options options_;
  const MaySpeak may_speak_;
  const OnCrowd on_crowd_;
  su_root_t* const root_;
  Streams streams_;
  std::vector<std::uint16_t> ports_;
  std::map<int, Known> known_;  ///< By descriptor.
  std::set<Peer> heard_;        ///< Since the last look.
  std::optional<Time> next_look_;
  LookPace pace_;
  runtime::Descriptor spare_;
  runtime::Descriptor timer_;
  std::list<runtime::Descriptor> listeners_;
  std::list<Watch> watches_;  // before the descriptors go
};

}  // namespace mmsgate::sip
