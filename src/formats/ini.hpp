// SPDX-License-Identifier: Apache-2.0
// INI files as Python's configparser wrote the rules for the predecessor: [section], `name = value` or `name: value`, #
// and ; comments on their own line, further lines of a value indented. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::formats {

struct IniEntry {
  std::string section;  ///< As written.
  std::string name;     ///< Lower case.
  std::string value;    ///< Trimmed; lines of a longer one joined by '\n'; %% is one % (so configparser wrote it).
  int line = 0;         ///< Where it begins, from 1.
};

/// rejected: the line that cannot be read, with its number: "line 7: ...". Names that are there twice are an error too.
[[nodiscard]] Result<std::vector<IniEntry>> parse_ini(std::string_view text);

}  // namespace mmsgate::formats
