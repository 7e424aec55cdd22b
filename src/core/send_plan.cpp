// SPDX-License-Identifier: Apache-2.0
#include "core/send_plan.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <utility>

namespace mmsgate {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

constexpr std::size_t kLongestCharacter = 4;  // RFC 3629 3

/// Of well-formed UTF-8; of anything else some number.
char32_t code_point_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const int more = lead >= 0xF0U ? 3 : lead >= 0xE0U ? 2 : lead >= 0xC0U ? 1 : 0;
  char32_t value = more == 0 ? lead : lead & (0x3FU >> static_cast<unsigned>(more));
  for (std::size_t i = at + 1; i <= at + static_cast<std::size_t>(more) && i < text.size(); ++i) {
    value = (value << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return value;
}

constexpr char32_t kJoiner = 0x200D;

/// Does it change the character before it, rather than being one (accents, skin tones, variants; Unicode 15)?
bool is_mark(char32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x20D0 && c <= 0x20FF) || c == kJoiner || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0x1F3FB && c <= 0x1F3FF) || (c >= 0xE0020 && c <= 0xE007F);
}

/// The last place up to `cut` where nothing that people see as one character is torn. 0: not within the 40 bytes that
/// the longest of them have.
std::size_t before_what_is_joined(std::string_view text, std::size_t cut) {
  constexpr std::size_t kLongest = 40;
  const std::size_t least = cut > kLongest ? cut - kLongest : 0;
  while (cut > least) {
    std::size_t before = cut - 1;
    while (before > 0 && continues(text[before])) --before;
    if (!is_mark(code_point_at(text, cut)) && code_point_at(text, before) != kJoiner) return cut;
    cut = before;
  }
  return 0;
}

/// The length of the longest beginning of `text` that has at most `most` bytes and ends with a whole character; one
/// character where none fits. What is not UTF-8 is cut anywhere.
std::size_t fitting(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t cut = most;
  while (cut > 0 && most - cut < kLongestCharacter - 1 && continues(text[cut])) --cut;
  if (continues(text[cut])) return most;
  if (const std::size_t whole = before_what_is_joined(text, cut); whole > 0) return whole;
  if (cut > 0) return cut;
  for (cut = 1; cut < text.size() && cut < kLongestCharacter && continues(text[cut]);) ++cut;
  return cut;
}

}  // namespace

std::vector<std::string_view> split_text(std::string_view utf8, std::size_t most_bytes) {
  std::vector<std::string_view> pieces;
  for (;;) {
    std::size_t cut = fitting(utf8, std::max<std::size_t>(most_bytes, 1));
    if (cut == utf8.size()) break;
    const std::size_t blank = utf8.substr(0, cut + 1).find_last_of(" \n");
    const bool at_word = blank != std::string_view::npos && blank > cut / 2;
    if (at_word) cut = blank;
    pieces.push_back(utf8.substr(0, cut));
    utf8.remove_prefix(cut + (at_word ? 1 : 0));
  }
  const bool is_blank = utf8.find_first_not_of(" \r\n\t") == std::string_view::npos;
  if (!utf8.empty() && (pieces.empty() || !is_blank)) pieces.push_back(utf8);
  return pieces;
}

namespace {

std::vector<Slice> slices_of(std::string_view text, std::size_t most_bytes) {
  std::vector<Slice> slices;
  for (const std::string_view piece : split_text(text, most_bytes)) {
    slices.push_back({.text_at = static_cast<std::size_t>(piece.data() - text.data()), .text_bytes = piece.size()});
  }
  return slices;
}

std::vector<Slice> slices_of(int part_count, int most) {
  std::vector<Slice> slices;
  for (int first = 0; first < part_count; first += most) {
    slices.push_back({.first_part = first, .part_count = std::min(most, part_count - first)});
  }
  return slices;
}

}  // namespace

bool needs_mms(const Slice& slice, const CarrierLimits& limits) {
  return slice.part_count > 0 || slice.text_bytes > limits.sms_bytes;
}

std::vector<Slice> plan_for_carrier(std::string_view text, int part_count, const CarrierLimits& limits) {
  const std::vector<Slice> texts = slices_of(text, limits.mms_bytes);
  std::vector<Slice> steps = slices_of(part_count, limits.media_per_mms);
  steps.resize(std::max(steps.size(), texts.size()));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    steps[i].text_at = texts[i].text_at;
    steps[i].text_bytes = texts[i].text_bytes;
  }
  return steps;
}

bool goes_as_mms(const Part& part, const OutgoingChoice& choice) {
  switch (choice.via) {
    case Via::sms:
      return false;
    case Via::mms:
      return true;
    case Via::automatic:
      break;
  }
  std::string type = part.type.substr(0, part.type.find(';'));
  type.erase(type.find_last_not_of(' ') + 1);
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return part.size <= choice.most_mms_bytes && std::ranges::find(choice.mms_types, type) != choice.mms_types.end();
}

LinkPlan plan_links(std::string_view caption, const std::vector<std::string>& links, const CarrierLimits& limits,
                    bool caption_is_free) {
  LinkPlan plan{.text = std::string(caption)};
  if (links.empty()) return plan;
  Slice open;  // the SMS that the next link may join
  if (caption_is_free && !caption.empty() && caption.size() + 1 + links[0].size() <= limits.sms_bytes) {
    plan.has_caption = true;
    open.text_bytes = caption.size();
  }
  for (const std::string& link : links) {
    if (open.text_bytes > 0 && open.text_bytes + 1 + link.size() > limits.sms_bytes) {
      plan.slices.push_back(std::exchange(open, {}));
    }
    if (!plan.text.empty()) plan.text += '\n';
    if (open.text_bytes > 0) {
      open.text_bytes += 1 + link.size();
    } else {
      open = {.text_at = plan.text.size(), .text_bytes = link.size()};
    }
    plan.text += link;
  }
  plan.slices.push_back(open);
  return plan;
}

std::vector<Slice> plan_for_phone(std::string_view text, int part_count, Layout layout) {
  const int parts_of_one = layout == Layout::together ? kMostPartsOfMessage : 1;
  std::vector<Slice> texts = slices_of(text, kMostTextOfMessage);
  std::vector<Slice> files = slices_of(part_count, parts_of_one);
  const bool joins = layout == Layout::together && !texts.empty() && !files.empty();
  if (joins) {
    texts.back().part_count = files.front().part_count;  // the files stand below the text
    files.erase(files.begin());
  }
  std::ranges::copy(files, std::back_inserter(texts));
  if (texts.empty()) texts.emplace_back();
  return texts;
}

}  // namespace mmsgate
