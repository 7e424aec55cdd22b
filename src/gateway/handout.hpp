// SPDX-License-Identifier: Apache-2.0
// What is handed out to a phone at a URL that nobody can guess. The last part of that URL, the name, is its key: the
// store has a hash of it and what was sealed with it, so that whoever has the database alone can read nothing. Any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "core/random.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

/// The name of the contacts that go with the configuration of that name.
[[nodiscard]] std::string contacts_name(std::string_view token);

/// Could it be the name of something? What could not needs no look-up.
[[nodiscard]] bool could_be_handed_out(std::string_view name);

/// What the store knows a name by.
[[nodiscard]] std::string handout_id(std::string_view name);

/// Fills in `id` and `sealed`.
[[nodiscard]] Result<store::Handout> pack(store::Handout handout, std::string_view name, std::string_view document,
                                          Random& random);
/// The document. corrupt: it is not of that name.
[[nodiscard]] Result<std::string> unpack(const store::Handout& handout, std::string_view name);

}  // namespace mmsgate::gateway
