// SPDX-License-Identifier: Apache-2.0
// How far the other side of a connection has got with what was sent to it: what the kernel holds for it does not count.
// Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace mmsgate::web {

/// Bytes that it has acknowledged since the connection was opened. Nothing: the system does not say.
[[nodiscard]] std::optional<std::uint64_t> acknowledged(int fd);

}  // namespace mmsgate::web
