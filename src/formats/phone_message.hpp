// SPDX-License-Identifier: Apache-2.0
// What a Linphone phone says in a MESSAGE, whatever it is wrapped in, and how we write to one. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "formats/composing.hpp"
#include "formats/imdn.hpp"
#include "formats/rcs_file.hpp"

namespace mmsgate::formats {

/// Text and files that a person sent.
struct PhoneContent {
  std::string text;
  std::vector<RcsFile> files;
  std::string message_id;  ///< From a CPIM wrapper; empty: the Call-ID is its id.
};
struct PhoneReceipts {
  std::vector<Imdn> receipts;  ///< At least one; a phone may send several in one multipart.
};
using PhoneMessage = std::variant<PhoneContent, PhoneReceipts, Composing>;

/// Opens message/cpim and multipart/mixed, four levels deep at most; several texts are joined by line ends; content
/// goes before receipts that stand beside it. "Is typing" that cannot be read says that nobody types. corrupt: what is
/// declared is not what is there. limit: more than 64 files. rejected: a type that we do not take (415); a text that is
/// not UTF-8 (and is not in a charset we can read: us-ascii, iso-8859-1). The details hold nothing of the message and
/// may be shown to its sender.
[[nodiscard]] Result<PhoneMessage> parse_phone_message(std::string_view content_type, std::string_view body);

struct Body {
  std::string content_type;
  std::string bytes;
};

/// One MESSAGE: text/plain, or the file XML, or both as multipart/mixed, which Linphone draws as one bubble.
/// `boundary` (letters, digits and "-": Linphone 5.1 falls over what is no token) is used when it must be multipart,
/// and made longer should it occur in what is sent. Text that is not UTF-8 is mended.
[[nodiscard]] Body write_phone_message(std::string_view text, const std::vector<RcsFile>& files,
                                       std::string_view boundary);

}  // namespace mmsgate::formats
