// SPDX-License-Identifier: Apache-2.0
// The gateway's database, as commands use it beside a gateway that runs. No command but `serve` and `import` makes one:
// it might belong to the wrong user then, and be closed to the gateway.
#pragma once

#include <memory>

#include "ops/config.hpp"
#include "store/store.hpp"

namespace mmsgate::cli {

using Database = std::unique_ptr<store::Store>;

/// To be looked at. The error names it, and says what to do.
[[nodiscard]] Result<Database> read_database(const ops::Config& config);

/// To be changed; its tables stay as the gateway that runs knows them. Errors as above.
[[nodiscard]] Result<Database> change_database(const ops::Config& config);

}  // namespace mmsgate::cli
