// SPDX-License-Identifier: Apache-2.0
#include "formats/filter_text.hpp"

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  const auto filter = formats::parse_filter(text);
  if (!filter) {
    must(filter.error().kind == ErrorKind::rejected, "the owner's fault");
    must(!filter.error().detail.empty(), "an error says what is wrong");
    return 0;
  }
  const Number did = Number::parse("5145550100").value();
  for (const std::string_view account : {"100000_bob", "", "100000_alice"}) {
    must(filter->keeps_from(did, account) == filter->keeps_from(did, account), "an answer is an answer");
  }
  must(formats::parse_filter(std::string(text) + "\n5145550100 True")->keeps_from(did, "x"), "rules do not mix");
  return 0;
}
