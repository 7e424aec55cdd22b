// SPDX-License-Identifier: Apache-2.0
// What SQLite says, as an Error whose sentence tells a person what to do. Pure; any thread.
#pragma once

#include <string_view>

#include "core/error.hpp"

namespace mmsgate::store {

/// `code` is SQLite's extended result code, `said` its own words, `path` the file it is about.
[[nodiscard]] Error sqlite_error(int code, std::string_view said, std::string_view path);

}  // namespace mmsgate::store
