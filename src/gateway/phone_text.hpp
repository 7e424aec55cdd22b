// SPDX-License-Identifier: Apache-2.0
// What a phone is sent for a delivery. Pure; any thread.
#pragma once

#include <string>

#include "core/time.hpp"
#include "formats/phone_message.hpp"
#include "gateway/links.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

/// The body of the MESSAGE: the slice's text, its stored parts by links of the destination's own, and a sentence for
/// each part that was lost. `peer_uri` is who a receipt speaks for.
[[nodiscard]] formats::Body phone_body(const store::Job& job, const Links& links, TimePoint now,
                                       std::string_view peer_uri);

}  // namespace mmsgate::gateway
