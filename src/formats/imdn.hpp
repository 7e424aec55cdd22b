// SPDX-License-Identifier: Apache-2.0
// Receipts: Instant Message Disposition Notification documents (RFC 5438), type message/imdn+xml. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"

namespace mmsgate::formats {

inline constexpr std::string_view kImdnType = "message/imdn+xml";

enum class Receipt {
  delivered,  ///< The handset has it.
  displayed,  ///< A person has seen it.
  error,      ///< It could not be delivered (<failed/>, <forbidden/> and <error/> of a delivery are one to us).
  other,      ///< processed, stored, or a word that we do not know: not more than we knew before.
};

struct Imdn {
  std::string message_id;  ///< Call-ID or imdn.Message-ID of the message that it is about.
  Receipt receipt = Receipt::other;
};

/// corrupt: not an imdn document, or it names no message.
[[nodiscard]] Result<Imdn> parse_imdn(std::string_view xml);

/// A delivery notification: <delivered/> or <error/>; displayed is written as a display notification.
[[nodiscard]] std::string write_imdn(const Imdn& imdn, TimePoint when, std::string_view recipient_uri);

}  // namespace mmsgate::formats
