// SPDX-License-Identifier: Apache-2.0
// The tables (docs/store.md explains them) and how an older file is brought up to them. Called at opening, by its
// thread.
#pragma once

#include <string_view>

#include "core/delivery_state.hpp"
#include "core/error.hpp"
#include "store/sqlite.hpp"

namespace mmsgate::store {

/// "MMSG": what tells our file from any other database (PRAGMA application_id).
inline constexpr int kApplicationId = 0x4d4d5347;

/// A delivery that is_final() says no to. An index carries exactly this condition; written otherwise, it is not used.
/// And with IN (0, 1, 4, 7) SQLite would build a table of the four at each change of a delivery.
inline constexpr std::string_view kOpen = "(state = 0 OR state = 1 OR state = 4 OR state = 7)";
static_assert(static_cast<int>(State::queued) == 0 && static_cast<int>(State::sending) == 1 &&
              static_cast<int>(State::deferred) == 4 && static_cast<int>(State::held) == 7);

/// What must be known before anything is changed: is it ours, or empty, or the predecessor's, and not newer than we
/// are?
[[nodiscard]] Result<bool> check_is_ours(Database& db, std::string_view path);

/// Brings it to our version, in one transaction; does nothing when it is there.
[[nodiscard]] Result<bool> migrate(Database& db);

/// For who may not migrate. transient: it is older, and the gateway has to open it first.
[[nodiscard]] Result<bool> check_is_current(Database& db, std::string_view path);

}  // namespace mmsgate::store
