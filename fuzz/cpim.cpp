// SPDX-License-Identifier: Apache-2.0
#include "formats/cpim.hpp"

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  const auto cpim = parse_cpim(text);
  if (!cpim) {
    must_be_a_sentence(cpim.error().detail);
    return 0;
  }
  for (const std::string& field : {cpim->from, cpim->to, cpim->message_id, cpim->content_type}) {
    must_be_utf8(field);
    must(field.find('\n') == std::string::npos, "a field is one line");
  }
  must(!cpim->content_type.empty(), "there is a type");
  must(text.ends_with(cpim->body), "the body is the end of the text, untouched");
  return 0;
}
