// SPDX-License-Identifier: Apache-2.0
// First line: X-Forwarded-For, and an address; the rest: Forwarded.
#include "formats/forwarded.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

/// Held against the system's own reader, which knows no zones.
void check_address(const std::string& text) {
  in6_addr bytes{};
  const bool is_one = inet_pton(AF_INET, text.c_str(), &bytes) == 1 || inet_pton(AF_INET6, text.c_str(), &bytes) == 1;
  const auto address = IpAddress::parse(text);
  if (text.find_first_of(std::string_view("%\0", 2)) == std::string::npos) {
    must(address.has_value() == is_one, "an address is what the system takes for one");
  }
  if (!address) return;
  must(IpAddress::parse(address->str()) == address, "what is written is read back");
  must(inet_pton(address->is_v4() ? AF_INET : AF_INET6, address->str().c_str(), &bytes) == 1, "and by everybody");
  must(address->household().household() == address->household(), "a household lives in itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [first, rest] = split_first_line(as_text(data, size));
  check_address(std::string(first));
  const auto proxies = parse_networks("127.0.0.1 10.0.0.0/8 2001:db8::/32").value();
  const IpAddress stranger = IpAddress::parse("203.0.113.9").value();
  const IpAddress proxy = IpAddress::parse("10.0.0.1").value();
  must(client_of(stranger, proxies, {first, rest}) == stranger, "nobody becomes another by his own word");
  const std::string forged = std::string(first) + ", 192.0.2.7";
  must(client_of(proxy, proxies, {forged, ""}) == IpAddress::parse("192.0.2.7"),
       "what our proxy has added counts, whatever stands before it");
  static_cast<void>(client_of(proxy, proxies, {first, rest}));
  static_cast<void>(parse_networks(rest));
  return 0;
}
