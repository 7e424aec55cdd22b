// SPDX-License-Identifier: Apache-2.0
// The text of kamailio.cfg.in, which stands once: here for `mmsgate kamailio print`, and there for the tests. Constant
// data; any thread.
#pragma once

#include <string_view>

namespace mmsgate::ops {

/// Its words between @ are to be filled in.
[[nodiscard]] std::string_view kamailio_template();

}  // namespace mmsgate::ops
