// SPDX-License-Identifier: Apache-2.0
// What VoIP.ms tells us of a message that came for one of our numbers: web hook JSON and the older call-back query.
// Lenient in what may vary (facts in docs/voipms.md), strict in what must be there. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::formats {

struct CarrierMessage {
  std::string id;    ///< Digits in all we have seen, as a number or a string; at most 64 characters.
  std::string from;  ///< As it came, trimmed; may be a short code or have no North American form.
  std::vector<std::string> to;
  std::string text;  ///< Valid UTF-8; empty when missing or null.
  std::vector<std::string> media_urls;
  std::string event_type;  ///< "message.received"; empty when missing.
};

/// The POST form: {"data":{...,"payload":{...}}}; also without the outer "data". corrupt: not JSON, or deeper than 32
/// levels. rejected: no id (or 0), no from, no to, or more than 64 media or numbers; the detail names the field.
[[nodiscard]] Result<CarrierMessage> parse_webhook(std::string_view json);

/// The GET form: names of the query in any case: id, from, to, message, media (several separated by commas or blanks).
/// Also files for media, and date for timestamp, as the provider's example has them. Without an id one is made from the
/// other fields and the time stamp, so that a repeat is still known; without both it is rejected. Other errors as
/// above.
[[nodiscard]] Result<CarrierMessage> parse_callback(const std::map<std::string, std::string>& query);

}  // namespace mmsgate::formats
