// SPDX-License-Identifier: Apache-2.0
// By what links to files are made and known again. A value that never changes; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/link.hpp"
#include "formats/media_link.hpp"

namespace mmsgate::media {

class LinkKeys {
 public:
  /// Links are made with `current`; `former` ones open those that were made before, until their time is over.
  explicit LinkKeys(const LinkSecret& current, const std::vector<LinkSecret>& former = {},
                    const std::vector<LinkRevocation>& revocations = {});

  /// The link's name, without an ending. The same for the same three, until the links of the recipient are revoked or
  /// another secret is in use. Who has it learns neither the recipient from it, nor how to make one for another.
  [[nodiscard]] std::string name(const BlobId& blob, TimePoint until, std::string_view recipient) const;

  /// The file that a name opens. Nothing: it was never made here, has ended, or was revoked; which of these, neither
  /// the answer tells nor the time that it takes.
  [[nodiscard]] std::optional<BlobId> open(std::string_view name, TimePoint now) const;

 private:
  struct Key {
    std::string secret;
    std::optional<TimePoint> until;
    /// What was revoked, by the bytes that stand for the recipient (none: everybody) and the file (none: all).
    std::map<std::string, std::uint64_t, std::less<>> generations;
  };
  [[nodiscard]] static Key make_key(const LinkSecret& secret, const std::vector<LinkRevocation>& revocations);
  [[nodiscard]] static std::string recipient_bytes(std::string_view secret, std::string_view recipient);
  [[nodiscard]] static std::string seal_of(const Key& key, const formats::MediaLink& link);

  std::vector<Key> keys_;  ///< The current one first.
};

}  // namespace mmsgate::media
