// SPDX-License-Identifier: Apache-2.0
// The configuration of a Linphone phone as it is fetched from a URL: lpconfig XML. It holds what a phone logs in with:
// never log it. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mmsgate::formats {

enum class PhoneTransport { udp, tcp, tls };
[[nodiscard]] std::string_view to_string(PhoneTransport transport);

/// One account of the phone.
struct PhoneAccount {
  std::string user;
  std::string domain;    ///< Also the realm that it logs in to.
  std::string ha1;       ///< MD5(user:domain:password); or
  std::string password;  ///< the password itself. Both empty: the phone asks its owner.
  std::string proxy;     ///< HOST or HOST:PORT where it registers.
  PhoneTransport transport = PhoneTransport::udp;
  bool is_sips = false;  ///< Its addresses begin with sips: and not with sip:.
  int expires = 3600;    ///< Seconds that a registration lasts.
};

struct PhoneConfig {
  std::vector<PhoneAccount> accounts;  ///< The first is the one that it calls with.
  bool encrypts_media = false;         ///< SRTP, as VoIP.ms wants it for an account with encrypted traffic.
  std::string stun_server;             ///< Empty: no help against NAT.
  std::string upload_url;              ///< Where it sends its pictures.
  std::string contacts_url;            ///< A list of vCards; empty: none.
};

[[nodiscard]] std::string write_lpconfig(const PhoneConfig& config);

}  // namespace mmsgate::formats
