// SPDX-License-Identifier: Apache-2.0
// How a phone logs in to send a file: HTTP digest (RFC 7616), and the From header in which Linphone says whose file it
// is. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::formats {

enum class DigestHash { md5, sha256 };

/// The word for it in a header.
[[nodiscard]] std::string_view to_string(DigestHash hash);

/// What an Authorization header says, with quotes taken off. qop is auth: nothing else is offered.
struct DigestLogin {
  DigestHash hash = DigestHash::md5;
  std::string user, realm, nonce, uri, cnonce;
  std::string nc;  ///< As it stands there: it is hashed so.
  std::uint32_t count = 0;
  std::string response;  ///< Hex digits in lower case, as many as the hash has.
};

/// Is it a login of this kind at all? Other schemes are for others.
[[nodiscard]] bool is_digest_login(std::string_view authorization);

/// corrupt: says what is wrong with it. Each name may stand there once only.
[[nodiscard]] Result<DigestLogin> parse_digest_login(std::string_view authorization);

/// The path of a login's uri, as it stands there: "/file" of "/file?x=y" and of "https://host/file".
[[nodiscard]] std::string_view path_of_uri(std::string_view uri);

/// `sip:100000_bob@sip.example.org`, also with a name before it and angle brackets round it.
struct PhoneAddress {
  std::string user;
  std::string host;  ///< Empty: what stands there is no name of a host.
};
[[nodiscard]] std::optional<PhoneAddress> parse_phone_address(std::string_view from);

/// Could it be the name of a host, or its address?
[[nodiscard]] bool is_host_name(std::string_view text);

}  // namespace mmsgate::formats
