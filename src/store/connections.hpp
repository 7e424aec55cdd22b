// SPDX-License-Identifier: Apache-2.0
// Opening the file: checked before it is touched, then tuned and brought to our version. Called by whoever opens the
// store.
#pragma once

#include <memory>

#include "core/error.hpp"
#include "store/sqlite.hpp"
#include "store/sqlite_store.hpp"

namespace mmsgate::store {

/// The one connection that writes. The file must be there, be it empty.
[[nodiscard]] Result<std::unique_ptr<Database>> open_writing(const SqliteOptions& options);
/// One that only reads, of a file that is up to date.
[[nodiscard]] Result<std::unique_ptr<Database>> open_reading(const SqliteOptions& options);

}  // namespace mmsgate::store
