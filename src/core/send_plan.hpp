// SPDX-License-Identifier: Apache-2.0
// How a message is cut into what the carrier takes and what a phone shows. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/message.hpp"

namespace mmsgate {

/// What VoIP.ms takes (facts: sendSMS 160 characters, sendMMS 2,048 characters and three media).
struct CarrierLimits {
  std::size_t sms_characters = 160;
  std::size_t mms_characters = 2048;
  int media_per_mms = 3;
};

/// Must this slice go as MMS? (Else sendSMS will do.)
[[nodiscard]] bool needs_mms(std::string_view text, const Slice& slice, const CarrierLimits& limits);

/// Cuts a message of `part_count` media into the fewest calls of sendSMS or sendMMS, in reading order: the text goes
/// with the first media; a text that is too long for an SMS goes as MMS, whole up to mms_characters, cut between words
/// above that.
[[nodiscard]] std::vector<Slice> plan_for_carrier(std::string_view text, int part_count, const CarrierLimits& limits);

/// How phones are shown a caption and its pictures.
enum class Layout {
  together,  ///< One MESSAGE, multipart/mixed: one bubble.
  separate,  ///< One MESSAGE each, for clients that know no multipart.
};

/// One slice at least: an empty message arrives too.
[[nodiscard]] std::vector<Slice> plan_for_phone(std::string_view text, int part_count, Layout layout);

/// Unicode code points of UTF-8 text, which is how the carrier counts. Bytes that are not UTF-8 count one each.
[[nodiscard]] std::size_t characters(std::string_view utf8);

/// Cuts between words, or else between code points; no piece is empty or longer than `most` characters (0 is taken as
/// 1). The pieces look into `utf8`.
[[nodiscard]] std::vector<std::string_view> split_text(std::string_view utf8, std::size_t most);

}  // namespace mmsgate
