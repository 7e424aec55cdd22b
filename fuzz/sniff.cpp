// SPDX-License-Identifier: Apache-2.0
#include "media/sniff.hpp"

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [declared, head] = split_first_line(as_text(data, size));
  const std::string settled = media::settle_type(declared, head);
  must(settled.find_first_of("\r\n;") == std::string::npos, "a type goes into a header, and has no parameters");
  must(settled.contains('/'), "a type is kind and form");
  const std::string proven = media::sniff(head);
  must(proven.empty() || settled == proven, "what the bytes prove stands above what was declared");
  must(!media::extension_for(settled).contains('/'), "an ending names no folder");
  return 0;
}
