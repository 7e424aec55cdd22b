// SPDX-License-Identifier: Apache-2.0
#include "core/send_plan.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace mmsgate {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

constexpr std::size_t kLongestCharacter = 4;  // RFC 3629 3

/// The length of the longest beginning of `text` that has at most `most` bytes and ends with a whole character; one
/// character where none fits. What is not UTF-8 is cut anywhere.
std::size_t fitting(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t cut = most;
  while (cut > 0 && most - cut < kLongestCharacter - 1 && continues(text[cut])) --cut;
  if (continues(text[cut])) return most;
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
  if (!utf8.empty()) pieces.push_back(utf8);
  return pieces;
}

bool needs_mms(const Slice& slice, const CarrierLimits& limits) {
  return slice.part_count > 0 || slice.text_bytes > limits.sms_bytes;
}

std::vector<Slice> plan_for_carrier(std::string_view text, int part_count, const CarrierLimits& limits) {
  const std::vector<std::string_view> texts = split_text(text, limits.mms_bytes);
  std::vector<Slice> steps;
  for (int first = 0; first < part_count; first += limits.media_per_mms) {
    steps.push_back({.first_part = first, .part_count = std::min(limits.media_per_mms, part_count - first)});
  }
  steps.resize(std::max(steps.size(), texts.size()));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    steps[i].text_at = static_cast<std::size_t>(texts[i].data() - text.data());
    steps[i].text_bytes = texts[i].size();
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
  if (layout == Layout::together) return {Slice{.text_bytes = text.size(), .part_count = part_count}};
  std::vector<Slice> slices;
  if (!text.empty()) slices.push_back({.text_bytes = text.size()});
  for (int i = 0; i < part_count; ++i) slices.push_back({.first_part = i, .part_count = 1});
  if (slices.empty()) slices.emplace_back();
  return slices;
}

}  // namespace mmsgate
