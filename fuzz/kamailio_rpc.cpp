// SPDX-License-Identifier: Apache-2.0
#include "sip/kamailio_rpc.hpp"

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto found = sip::parse_lookup(std::string(as_text(data, size)));
  if (!found) must(!found.error().detail.empty(), "an error says what is wrong");
  return 0;
}
