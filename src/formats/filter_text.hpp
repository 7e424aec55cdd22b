// SPDX-License-Identifier: Apache-2.0
// The option webfilter. The predecessor handed its lines to Python's eval(); we read what its manual shows and nothing
// else:
//
//   line       = DID condition
//   condition  = all *("or" all)
//   all        = single *("and" single)
//   single     = "not" single / "(" condition ")" / "True" / "False" / operand comparison operand
//   comparison = "in" / "not" "in" / "==" / "!="
//   operand    = "toid" (the sub account's name) / a text in ' or " without a backslash
//
// Pure; any thread.
#pragma once

#include <string_view>

#include "core/copy_filter.hpp"
#include "core/error.hpp"

namespace mmsgate::formats {

/// One rule a line. rejected: says which line of the value, where in it, and what may stand there.
[[nodiscard]] Result<CopyFilter> parse_filter(std::string_view text);

}  // namespace mmsgate::formats
