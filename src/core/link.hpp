// SPDX-License-Identifier: Apache-2.0
// What links to files are made of, and what ends them before their time. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace mmsgate {

/// Links are signed with the newest one; those before it still open what was signed with them.
struct LinkSecret {
  std::int64_t number = 0;  ///< The newest has the highest; never used again.
  std::string secret;
  TimePoint made_at;
  std::optional<TimePoint> until;  ///< By then every link that was signed with it has ended; nothing: it is in use.
};

/// So often the links of a recipient were revoked. The number is signed with each link, so that a higher one ends those
/// that there are, and not those that follow.
struct LinkRevocation {
  std::string recipient;       ///< A sub account or a number; empty: everybody.
  std::optional<BlobId> blob;  ///< Of this file alone; nothing: of all.
  std::uint64_t generation = 0;
  TimePoint at;  ///< Last.
};

}  // namespace mmsgate
