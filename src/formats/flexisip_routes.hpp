// SPDX-License-Identifier: Apache-2.0
// Flexisip's forward.conf: rules `<sip:host> condition`, of which the first that is true says where a request goes.
// What goes on in a further line begins there with a blank; # begins a comment anywhere. Pure; any thread.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mmsgate::formats {

struct FlexisipRoute {
  std::string route;      ///< As written: "<sip:127.0.0.2>".
  std::string condition;  ///< On one line; empty where the rule has none, which Flexisip refuses.
  int line = 0;           ///< Where it begins, from 1.
};

[[nodiscard]] std::vector<FlexisipRoute> parse_flexisip_routes(std::string_view text);

/// What must all be true for the condition to be, in one spelling: what && joins, outside of quotes and parentheses.
/// `*` is true for all: then there is nothing.
[[nodiscard]] std::set<std::string> conjuncts(std::string_view condition);

/// What || joins, outside of quotes and parentheses: the condition is true where all conjuncts of one of them are.
[[nodiscard]] std::vector<std::set<std::string>> alternatives(std::string_view condition);

/// Where a SIP URI leads, of a route or of [global] transports. Nothing of it is resolved.
struct SipPlace {
  bool is_tls = false;
  std::string host;  ///< In lower case, without the brackets of IPv6; maddr is not looked at.
  std::uint16_t port = 0;
  std::string transport;  ///< In lower case; empty: not said.
};
/// With or without < and >. Without a host: it is no SIP URI.
[[nodiscard]] SipPlace sip_place(std::string_view uri);

}  // namespace mmsgate::formats
