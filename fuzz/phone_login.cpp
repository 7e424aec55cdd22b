// SPDX-License-Identifier: Apache-2.0
// First line: an Authorization header; the rest: a From header.
#include "formats/phone_login.hpp"

#include <string>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [authorization, from] = split_first_line(as_text(data, size));
  if (const auto login = parse_digest_login(authorization)) {
    must(is_digest_login(authorization), "what is read is of this kind");
    must(!login->user.empty() && login->user.size() < 256, "there is a user, with a name that can be kept");
    must(login->nc.size() == 8, "the count has eight digits");
    must(login->response.size() == (login->hash == DigestHash::md5 ? 32U : 64U), "the response is as long as the hash");
    must(login->response.find_first_not_of("0123456789abcdef") == std::string::npos, "and is hex digits");
    const std::string_view path = path_of_uri(login->uri);
    must(path.empty() || path.starts_with('/'), "a path begins with a slash");
    must(path.find_first_of("?#") == std::string_view::npos, "and has no query");
  } else {
    must_be_a_sentence(login.error().detail);
  }
  if (const auto address = parse_phone_address(from)) {
    must(!address->user.empty() && address->user.size() < 256, "an address has a user");
    must(address->host.empty() || is_host_name(address->host), "a host is one, or is left out");
    // It stands in a header of ours, between quotes.
    must(address->host.find_first_of("\"\\ \r\n,;=") == std::string::npos, "a host can end no header");
  }
  return 0;
}
