// SPDX-License-Identifier: Apache-2.0
#include "core/send_plan.hpp"

#include <algorithm>

namespace mmsgate {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// The length in bytes of the character that `text`, which is not empty, begins with.
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t bytes = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF8 ? 4 : 1;
  const bool whole = bytes <= text.size() && std::ranges::all_of(text.substr(1, bytes - 1), continues);
  return whole ? bytes : 1;
}

/// The length in bytes of the first `most` characters, or of all when there are fewer.
std::size_t bytes_of(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (; most > 0 && at < text.size(); --most) at += character_bytes(text.substr(at));
  return at;
}

}  // namespace

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (; !utf8.empty(); ++count) utf8.remove_prefix(character_bytes(utf8));
  return count;
}

std::vector<std::string_view> split_text(std::string_view utf8, std::size_t most) {
  std::vector<std::string_view> pieces;
  for (;;) {
    std::size_t cut = bytes_of(utf8, std::max<std::size_t>(most, 1));
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

bool needs_mms(std::string_view text, const Slice& slice, const CarrierLimits& limits) {
  return slice.part_count > 0 || characters(text.substr(slice.text_at, slice.text_bytes)) > limits.sms_characters;
}

std::vector<Slice> plan_for_carrier(std::string_view text, int part_count, const CarrierLimits& limits) {
  const std::vector<std::string_view> texts = split_text(text, limits.mms_characters);
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

std::vector<Slice> plan_for_phone(std::string_view text, int part_count, Layout layout) {
  if (layout == Layout::together) return {Slice{.text_bytes = text.size(), .part_count = part_count}};
  std::vector<Slice> slices;
  if (!text.empty()) slices.push_back({.text_bytes = text.size()});
  for (int i = 0; i < part_count; ++i) slices.push_back({.first_part = i, .part_count = 1});
  if (slices.empty()) slices.emplace_back();
  return slices;
}

}  // namespace mmsgate
