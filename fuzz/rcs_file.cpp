// SPDX-License-Identifier: Apache-2.0
#include "formats/rcs_file.hpp"

#include <algorithm>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

bool same(const RcsFile& a, const RcsFile& b) {
  return a.name == b.name && a.type == b.type && a.size == b.size && a.url == b.url && a.until == b.until;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto files = parse_rcs_files(as_text(data, size));
  if (!files) {
    must_be_a_sentence(files.error().detail);
    return 0;
  }
  must(files->size() <= 64, "64 files at most");
  for (const RcsFile& file : *files) {
    must(!file.url.empty() && !file.type.empty(), "a file has a URL and a type");
    for (const std::string& text : {file.name, file.type, file.url, file.until}) must_be_utf8(text);
  }
  const auto again = parse_rcs_files(write_rcs_files(*files));
  must(again && std::ranges::equal(*again, *files, same), "files come back");
  return 0;
}
