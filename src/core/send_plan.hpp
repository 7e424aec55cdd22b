// SPDX-License-Identifier: Apache-2.0
// How a message is cut into what the carrier takes and what a phone shows. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
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

/// By which way files go to the carrier (option outvia).
enum class Via {
  automatic,  ///< As MMS what its type and size allow, else a link to it by SMS.
  sms,        ///< A link to it, always.
  mms,        ///< As MMS, always.
};

struct OutgoingChoice {
  Via via = Via::automatic;
  std::vector<std::string> mms_types;        ///< automatic: these, in lower case.
  std::uint64_t most_mms_bytes = 1'200'000;  ///< automatic: and no larger. What VoIP.ms took in January 2026.
};

/// Else a link to it does.
[[nodiscard]] bool goes_as_mms(const Part& part, const OutgoingChoice& choice);

/// Must this slice go as MMS? (Else sendSMS will do.)
[[nodiscard]] bool needs_mms(const Slice& slice, const CarrierLimits& limits);

/// Cuts a message of `part_count` media into the fewest calls of sendSMS or sendMMS, in reading order: the text goes
/// with the first media; a text that is too long for an SMS goes as MMS, whole up to mms_bytes, cut between words
/// above that.
[[nodiscard]] std::vector<Slice> plan_for_carrier(std::string_view text, int part_count, const CarrierLimits& limits);

/// A text with links behind it, and the slices that send the links: alone, or with the text where one SMS holds both.
struct LinkPlan {
  std::string text;           ///< The caption, then the links, a line each.
  std::vector<Slice> slices;  ///< Of the text; the caption's are among them only where it goes with the links.
  bool has_caption = false;   ///< It does.
};

/// The fewest SMS; no link is cut. `caption_is_free`: no media goes with the caption.
[[nodiscard]] LinkPlan plan_links(std::string_view caption, const std::vector<std::string>& links,
                                  const CarrierLimits& limits, bool caption_is_free);

/// How phones are shown a caption and its pictures.
enum class Layout {
  together,  ///< One MESSAGE, multipart/mixed: one bubble.
  separate,  ///< One MESSAGE each, for clients that know no multipart.
};

/// What one MESSAGE carries at most: proxies read a request that comes by TCP into a buffer of 16 KB and more, and drop
/// the line when it is longer. VoIP.ms' longest text fits.
inline constexpr std::size_t kMostTextOfMessage = 6000;
inline constexpr int kMostPartsOfMessage = 8;

/// One slice at least: an empty message arrives too.
[[nodiscard]] std::vector<Slice> plan_for_phone(std::string_view text, int part_count, Layout layout);

/// Cuts between words, or else between characters; no piece is empty or longer than `most_bytes`, unless a single
/// character is. The pieces look into `utf8`.
[[nodiscard]] std::vector<std::string_view> split_text(std::string_view utf8, std::size_t most_bytes);

}  // namespace mmsgate
