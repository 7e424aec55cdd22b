// SPDX-License-Identifier: Apache-2.0
// The datagrams that come to the SIP port, before the stack reads them. It walks along all headers of a kind for each
// more of them: 64 KB of nothing but headers would cost it most of a second. Lives on the sip thread.
#pragma once

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/descriptor.hpp"
#include "sip/sip_loop.hpp"

namespace mmsgate::sip {

/// No message that somebody means has so many lines in its head.
[[nodiscard]] bool has_too_many_lines(std::string_view message);

class Datagrams {
 public:
  explicit Datagrams(su_root_t* root) : root_(root) {}
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;

  /// From now on those at this address and port, where the stack listens already: an event loop tells of a descriptor
  /// first whom it was given last. Were it not so, it would cost time and nothing else.
  void watch(const std::string& address, std::uint16_t port);

 private:
  void look(int socket);

  su_root_t* const root_;
  std::vector<char> bytes_;
  std::list<runtime::Descriptor> sockets_;
  std::list<Watch> watches_;  // before the descriptors go
};

}  // namespace mmsgate::sip
