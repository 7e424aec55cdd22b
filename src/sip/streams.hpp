// SPDX-License-Identifier: Apache-2.0
// What comes over the connections that others have made, before the stack reads it. It walks along all headers of a
// kind for each more of them: a megabyte of nothing but short lines would keep it busy for minutes. Lives on the sip
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/ip_address.hpp"
#include "runtime/descriptor.hpp"
#include "sip/sip_loop.hpp"
#include "sip/sockets.hpp"

namespace mmsgate::sip {

/// Counts lines between two that are empty, in a stream that comes in pieces. A head has none that is empty.
class LineRun {
 public:
  /// False: there are more than anybody means, be it a head or a body.
  [[nodiscard]] bool take(std::string_view piece);

 private:
  int lines_ = 0;
  bool is_empty_ = true;  ///< The line that has begun.
  bool after_return_ = false;
};

class Streams {
 public:
  using MaySpeak = std::function<bool(const formats::IpAddress&)>;
  Streams(std::string address, su_root_t* root, MaySpeak may_speak);
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// From now on those to this port too.
  void watch(std::uint16_t port) { ports_.push_back(port); }
  /// Somebody is about to be connected, most likely as this descriptor. He is found before the loop waits again, so
  /// before the stack can read what he sends; and an event loop tells of a descriptor first whom it was given last.
  void expect(int likely) { expected_.push_back(likely); }

 private:
  struct Stream {
    runtime::Descriptor own;
    formats::IpAddress from;
    std::uint64_t seen = 0;  ///< So many bytes of it.
    LineRun lines = {};
    bool is_over = false;
  };

  void before_waiting();
  /// False: it is known already.
  bool take(const Connection& connection);
  void look(Stream& stream);

  const std::string address_;
  su_root_t* const root_;
  const MaySpeak may_speak_;
  std::vector<std::uint16_t> ports_;
  std::vector<int> expected_;
  std::vector<char> bytes_;
  std::map<std::uint64_t, Stream> streams_;  ///< By the number that the kernel has given the socket.
  std::map<std::uint64_t, Watch> watches_;   // before the descriptors go
};

}  // namespace mmsgate::sip
