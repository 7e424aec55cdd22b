// SPDX-License-Identifier: Apache-2.0
#include "formats/contact_uri.hpp"

#include <algorithm>

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

void must_be_an_argument(const std::string& value) {
  must(!value.empty() && value.front() != '-', "an argument is no option");
  must(std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; }),
       "an argument has no control characters");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Registration one = registration_of("100000_bob@pop.example", as_text(data, size), "");
  must(std::ranges::all_of(one.transport, [](char c) { return (c >= 'a' && c <= 'z') || c == '?'; }),
       "a transport is a word");
  if (one.push) {
    must(one.no_push.empty(), "it can be woken or not");
    must_be_an_argument(one.push->provider);
    must_be_an_argument(one.push->param);
    must_be_an_argument(one.push->prid);
  } else if (!one.no_push.empty()) {
    must_be_a_sentence(one.no_push);
  }
  return 0;
}
