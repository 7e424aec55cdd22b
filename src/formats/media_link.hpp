// SPDX-License-Identifier: Apache-2.0
// The name of a link to a file: what stands behind the media path. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace mmsgate::formats {

/// What a name says. Whether it is true, only its seal shows.
struct MediaLink {
  static constexpr std::size_t kRecipientBytes = 6;
  static constexpr std::size_t kSealBytes = 16;
  static constexpr TimePoint kNoEnd = from_unix_ms(0xFFFFFFFFLL * 1000);

  BlobId blob;
  TimePoint until;        ///< Whole seconds, up to kNoEnd.
  std::string recipient;  ///< kRecipientBytes bytes that stand for whom it was given to.
  std::string seal;       ///< kSealBytes bytes.
  bool operator==(const MediaLink&) const = default;
};

/// All of it but the seal, in the bytes that are sealed.
[[nodiscard]] std::string sealed_bytes(const MediaLink& link);

/// 56 letters, digits, - and _ (RFC 4648 5): they need no quoting in a URL, nor in XML. Each link has one spelling.
[[nodiscard]] std::string write_media_link(const MediaLink& link);

/// With an ending, such as ".jpg", or without. Nothing: it is no such name.
[[nodiscard]] std::optional<MediaLink> parse_media_link(std::string_view name);

}  // namespace mmsgate::formats
