// SPDX-License-Identifier: Apache-2.0
// Who a request comes from when reverse proxies stand between: what they write into X-Forwarded-For and into Forwarded
// (RFC 7239). Anybody can write these headers, so only what proxies of ours have added counts. Pure; any thread.
#pragma once

#include <span>
#include <string_view>

#include "formats/ip_address.hpp"

namespace mmsgate::formats {

/// Each header as it came, several of a name joined by commas in their order; empty: not there.
struct ForwardedHeaders {
  std::string_view x_forwarded_for;
  std::string_view forwarded;
};

/// `peer` has the connection to us. Unless it is a proxy of ours, it is the client. Else it wrote the last entry: the
/// first one from the right that is no proxy of ours is the client. An entry that is no address ends the search at the
/// proxy that wrote it. So it does where both headers are there and disagree: one of them is the client's own.
[[nodiscard]] IpAddress client_of(const IpAddress& peer, std::span<const IpNetwork> proxies,
                                  const ForwardedHeaders& headers);

}  // namespace mmsgate::formats
