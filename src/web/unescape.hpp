// SPDX-License-Identifier: Apache-2.0
// Percent signs of an address, decoded. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>

namespace mmsgate::web {

/// Decodes in place, and gives the new length: as MHD_http_unescape does, but for %00: libmicrohttpd hands on a C
/// string, and what stands behind a NUL would be lost, so that "x%00y" named x.
std::size_t unescape(char* text);
[[nodiscard]] std::string unescaped(std::string text);

}  // namespace mmsgate::web
