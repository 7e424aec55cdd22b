// SPDX-License-Identifier: Apache-2.0
// What Flexisip's control socket answers (flexisip_cli.py speaks with it; read in its source, 2.3 to 2.7): who is
// registered, and the contact URI that makes Flexisip pass a MESSAGE on as if the registrar had sent it. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/registration.hpp"

namespace mmsgate::formats {

struct FlexisipContact {
  std::string uri;                  ///< "sip:bob@127.0.0.1:57664;transport=tcp;fs-conn-id=7f04fd78"
  std::vector<std::string> path;    ///< Path headers (RFC 3327) as they came, with or without angle brackets.
  std::vector<std::string> accept;  ///< MIME types; empty: not said.
  std::int64_t expires_at = 0;      ///< Seconds since 1970; 0: not said.
  std::string unique_id;            ///< The device: "\"<urn:uuid:c40797e8-...>\"", with its quotes.
  std::string user_agent;
};

/// REGISTRAR_DUMP: the addresses of record, "user@domain". transient: Flexisip complains, with its words. corrupt:
/// nothing that we know.
[[nodiscard]] Result<std::vector<std::string>> parse_registrar_dump(std::string_view answer);

/// REGISTRAR_GET: the contacts of one address; none for one that is not registered. Errors as above.
[[nodiscard]] Result<std::vector<FlexisipContact>> parse_registrar_get(std::string_view answer);

/// It takes texts and has not expired at `now` (seconds since 1970).
[[nodiscard]] bool is_usable(const FlexisipContact& contact, std::int64_t now);

/// Of those that are usable the one that expires last; Flexisip forks to the other devices of the account by itself.
/// Phones tell conversations apart by the scheme too, so the one that was used before is kept while any device has it;
/// at first it is sips where a device has it. `scheme_before`: empty: none yet.
[[nodiscard]] std::optional<FlexisipContact> choose_contact(const std::vector<FlexisipContact>& contacts,
                                                            std::int64_t now, std::string_view scheme_before = "");

/// Of the dump, the addresses of a sub account: those that begin with "ACCOUNT@". It has several while a phone moves
/// from one domain to another: the old one stays until it expires.
[[nodiscard]] std::vector<std::string> find_addresses(const std::vector<std::string>& addresses,
                                                      std::string_view account);

/// How a request-URI is written so that Flexisip takes it for one of its own contact routes.
enum class ContactRoute {
  ctrt,     ///< "sip:bob@PROXY:PORT;CtRt<proxy id>=udp:DOMAIN", the first MMSGate's form, for Flexisip up to 2.3.
  doroute,  ///< "sip:bob@DOMAIN;doroute": needs no path.
};

/// `address`: "bob@pop.example". A contact without a proxy id in its path is written as doroute.
[[nodiscard]] std::string contact_route(const FlexisipContact& contact, std::string_view address, ContactRoute form);

/// "sip" or "sips", as the contact has it.
[[nodiscard]] std::string_view scheme_of(const FlexisipContact& contact);

/// The same as whoever lists registrations wants it. `address`: as above.
[[nodiscard]] Registration registration_of(const FlexisipContact& contact, std::string_view address);

}  // namespace mmsgate::formats
