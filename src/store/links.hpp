// SPDX-License-Identifier: Apache-2.0
// What is asked and told about the links to files that people were given; their secrets are in core/link.hpp. Plain
// values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"

namespace mmsgate::store {

/// A new secret for links.
struct LinkRotation {
  std::string secret;
  TimePoint now;
  /// Links of the former secrets stay good, at least until then, and as long as a file that is here now. Nothing: they
  /// end at once.
  std::optional<TimePoint> former_until;
};

/// Somebody who was given links.
struct LinkRecipient {
  std::string name;  ///< A sub account or a number.
  std::int64_t files = 0;
};

}  // namespace mmsgate::store
