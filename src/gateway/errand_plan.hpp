// SPDX-License-Identifier: Apache-2.0
// What becomes of a script's wish that its file be sent to a phone: who may, to whom, and as which message. Pure; any
// thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/directory.hpp"
#include "core/message.hpp"
#include "core/random.hpp"
#include "core/send_plan.hpp"
#include "store/store.hpp"
#include "web/server.hpp"

namespace mmsgate::gateway {

/// As from whom, where the script does not say: as it was with the first MMSGate.
inline constexpr std::string_view kScript = "1099";

/// What a key allows.
struct Warrant {
  std::string key_hash;
  SubAccount callee;
};

/// The error is the answer. 403, always in the same words: there is no key, a wrong one, or one for other accounts; to
/// who has no key it is not said which accounts there are. 404: the key is good, and there is no such account. 503: the
/// directory was never read. 400: `from` could break an address.
[[nodiscard]] std::expected<Warrant, web::Response> warrant_for(const web::Errand& errand,
                                                                const std::vector<store::UploadKey>& keys,
                                                                const Directory& directory);

/// That answer of 403.
[[nodiscard]] web::Response no_warrant();

/// The message to the phone: as between extensions, but that no sub account has sent it.
[[nodiscard]] NewMessage plan_errand(const web::Errand& errand, const SubAccount& callee, const store::Blob& blob,
                                     Layout layout, Random& random);

}  // namespace mmsgate::gateway
