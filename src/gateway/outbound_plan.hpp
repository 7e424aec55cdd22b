// SPDX-License-Identifier: Apache-2.0
// What becomes of a phone's message: to the carrier, to another phone of the house, or refused. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/directory.hpp"
#include "core/message.hpp"
#include "formats/phone_message.hpp"
#include "gateway/links.hpp"
#include "gateway/world.hpp"
#include "sip/endpoint.hpp"

namespace mmsgate::gateway {

/// NewMessage::provider of what phones send.
inline constexpr std::string_view kFromPhones = "sip";
/// ... and its provider_id. A phone that sends again what it thinks was lost uses the same three headers (RFC 3261
/// 8.1.1.4): then it is a repeat.
[[nodiscard]] std::string provider_id_of(const sip::Request& request);

/// The SIP answer by which the phone learns at once that this cannot be sent.
struct Refusal {
  int status = 0;
  std::string phrase;
};

/// 404: no such extension, or not a number. 403: the sender has no number that could send it.
[[nodiscard]] std::variant<NewMessage, Refusal> plan_outbound(const sip::Request& request,
                                                              const formats::PhoneContent& content,
                                                              std::vector<Part> parts, const SubAccount& sender,
                                                              const Directory& directory, const Settings& settings,
                                                              const Links& links, TimePoint now, Random& random);

/// How the one who gets it sees the sender: by extension, else by number, else by account.
[[nodiscard]] std::string shown_as(const SubAccount& sender);

/// Whom the phone has dialled.
[[nodiscard]] const std::string& dialled(const sip::Request& request);

}  // namespace mmsgate::gateway
