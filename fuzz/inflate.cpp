// SPDX-License-Identifier: Apache-2.0
#include "formats/inflate.hpp"

#include <zlib.h>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 1U << 16;
  const auto out = inflate(as_text(data, size), kMost);
  if (!out) {
    must_be_a_sentence(out.error().detail);
    return 0;
  }
  must(out->size() <= kMost, "no more than was allowed");
  must(inflate(as_text(data, size), out->size()) == *out, "exactly its size is enough");
  if (!out->empty()) must(!inflate(as_text(data, size), out->size() - 1), "one byte less is not");
  std::string packed(compressBound(out->size()), '\0');
  uLongf length = packed.size();
  must(compress(reinterpret_cast<Bytef*>(packed.data()), &length, reinterpret_cast<const Bytef*>(out->data()),
                out->size()) == Z_OK,
       "it can be deflated");
  must(inflate(std::string_view(packed).substr(0, length), kMost) == *out, "it comes back");
  return 0;
}
