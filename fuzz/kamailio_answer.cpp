// SPDX-License-Identifier: Apache-2.0
#include "formats/kamailio_answer.hpp"

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  if (const auto addresses = parse_ul_dump(text); !addresses) must_be_a_sentence(addresses.error().detail);
  const auto since = parse_uptime(text);
  must_be_a_sentence(since ? *since : since.error().detail);
  constexpr TimePoint kNow{std::chrono::seconds(1'800'000'000)};
  const auto phones = parse_ul_lookup(text, kNow, "sip.example");
  if (!phones) {
    must_be_a_sentence(phones.error().detail);
    return 0;
  }
  for (const Registration& phone : *phones) {
    must(!phone.device.empty(), "devices can be told apart");
    must(!phone.transport.empty(), "a phone has a transport");
  }
  return 0;
}
