// SPDX-License-Identifier: Apache-2.0
// What a row of the first MMSGate's database means here. Pure; any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "gateway/links.hpp"
#include "store/import.hpp"

namespace mmsgate::gateway {

using FindBlob = std::function<std::optional<store::Blob>(const BlobId&)>;

/// What was to go somewhere still goes there: to the phone that the row names, or by plan_outbound(), which needs the
/// directory. What cannot be read or has no sender any more has failed. `nth`: how many rows of the same second, sender
/// and receiver stand before it.
[[nodiscard]] store::Import plan_import(const store::OldRow& row, std::size_t nth, const Directory& directory,
                                        const Settings& settings, const Links& links, const FindBlob& find_blob,
                                        TimePoint now, Random& random);

/// A phone, its proxy, or the carrier took it.
[[nodiscard]] bool is_done(const store::OldRow& row);

}  // namespace mmsgate::gateway
