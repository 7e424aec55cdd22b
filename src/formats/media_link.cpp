// SPDX-License-Identifier: Apache-2.0
#include "formats/media_link.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace mmsgate::formats {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kBlobBytes = 16;
constexpr std::size_t kUntilBytes = 4;
constexpr std::size_t kBytes = kBlobBytes + kUntilBytes + MediaLink::kRecipientBytes + MediaLink::kSealBytes;
static_assert(kBytes % 3 == 0, "else the last character would have bits that say nothing, and a link two spellings");
constexpr std::size_t kCharacters = kBytes / 3 * 4;

std::uint8_t byte_of(char c) { return static_cast<std::uint8_t>(c); }

std::string bytes_of(const BlobId& blob) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  const std::string& hex = blob.str();
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(value(hex[i]) * 16 + value(hex[i + 1]));
  return bytes;
}

std::string hex_of(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", byte_of(c));
  return hex;
}

std::string encode(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t three = std::uint32_t{byte_of(bytes[i])} << 16U | std::uint32_t{byte_of(bytes[i + 1])} << 8U |
                                std::uint32_t{byte_of(bytes[i + 2])};
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += kAlphabet[(three >> shift) & 0x3FU];
  }
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t three = 0;
    for (const char c : text.substr(i, 4)) {
      const auto value = kAlphabet.find(c);
      if (value == std::string_view::npos) return std::nullopt;
      three = three << 6U | static_cast<std::uint32_t>(value);
    }
    for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>((three >> shift) & 0xFFU);
  }
  return bytes;
}

bool is_ending(std::string_view text) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  constexpr std::size_t kLongest = 16;
  return text.empty() ||
         (text.front() == '.' && text.size() <= kLongest && std::all_of(text.begin() + 1, text.end(), is_plain));
}

}  // namespace

std::string sealed_bytes(const MediaLink& link) {
  const auto last = to_unix_ms(MediaLink::kNoEnd) / 1000;
  const auto seconds = static_cast<std::uint32_t>(std::clamp<std::int64_t>(to_unix_ms(link.until) / 1000, 0, last));
  std::string bytes = bytes_of(link.blob);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>((seconds >> shift) & 0xFFU);
  return bytes + link.recipient;
}

std::string write_media_link(const MediaLink& link) { return encode(sealed_bytes(link) + link.seal); }

std::optional<MediaLink> parse_media_link(std::string_view name) {
  if (name.size() < kCharacters || !is_ending(name.substr(kCharacters))) return std::nullopt;
  const auto bytes = decode(name.substr(0, kCharacters));
  if (!bytes) return std::nullopt;
  const std::string_view all = *bytes;
  auto blob = BlobId::parse(hex_of(all.substr(0, kBlobBytes)));
  if (!blob) return std::nullopt;
  std::uint32_t seconds = 0;
  for (const char c : all.substr(kBlobBytes, kUntilBytes)) seconds = seconds << 8U | byte_of(c);
  return MediaLink{.blob = *std::move(blob),
                   .until = from_unix_ms(std::int64_t{seconds} * 1000),
                   .recipient = std::string(all.substr(kBlobBytes + kUntilBytes, MediaLink::kRecipientBytes)),
                   .seal = std::string(all.substr(kBytes - MediaLink::kSealBytes))};
}

}  // namespace mmsgate::formats
