// SPDX-License-Identifier: Apache-2.0
// A text as Content-Encoding: deflate has it.
#pragma once

#include <zlib.h>

#include <string>

namespace mmsgate::testing_support {

inline std::string deflated(const std::string& text) {
  std::string bytes(compressBound(text.size()), '\0');
  uLongf size = bytes.size();
  compress2(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size(), 9);
  bytes.resize(size);
  return bytes;
}

}  // namespace mmsgate::testing_support
