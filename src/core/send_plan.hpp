// SPDX-License-Identifier: Apache-2.0
// How a message is cut into what the carrier takes and what a phone shows. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/message.hpp"

namespace mmsgate {

/// What VoIP.ms takes. Its documents say characters; clients have seen it count bytes of UTF-8, where an accent is two.
/// Bytes are right either way: a text that could have been an SMS goes as MMS, and none is refused.
struct CarrierLimits {
  std::size_t sms_bytes = 160;
  std::size_t mms_bytes = 2048;
  int media_per_mms = 3;
};

/// Must this slice go as MMS? (Else sendSMS will do.)
[[nodiscard]] bool needs_mms(const Slice& slice, const CarrierLimits& limits);

/// Cuts a message of `part_count` media into the fewest calls of sendSMS or sendMMS, in reading order: the text goes
/// with the first media; a text that is too long for an SMS goes as MMS, whole up to mms_bytes, cut between words
/// above that.
[[nodiscard]] std::vector<Slice> plan_for_carrier(std::string_view text, int part_count, const CarrierLimits& limits);

/// How phones are shown a caption and its pictures.
enum class Layout {
  together,  ///< One MESSAGE, multipart/mixed: one bubble.
  separate,  ///< One MESSAGE each, for clients that know no multipart.
};

/// One slice at least: an empty message arrives too.
[[nodiscard]] std::vector<Slice> plan_for_phone(std::string_view text, int part_count, Layout layout);

/// Cuts between words, or else between characters; no piece is empty or longer than `most_bytes`, unless a single
/// character is. The pieces look into `utf8`.
[[nodiscard]] std::vector<std::string_view> split_text(std::string_view utf8, std::size_t most_bytes);

}  // namespace mmsgate
