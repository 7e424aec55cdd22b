// SPDX-License-Identifier: Apache-2.0
#include "formats/imdn.hpp"

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto imdn = parse_imdn(as_text(data, size));
  if (!imdn) {
    must_be_a_sentence(imdn.error().detail);
    return 0;
  }
  must(!imdn->message_id.empty(), "a receipt names its message");
  must_be_utf8(imdn->message_id);
  const auto again = parse_imdn(write_imdn(*imdn, mmsgate::from_unix_ms(0), imdn->message_id));
  must(again && again->message_id == imdn->message_id && again->receipt == imdn->receipt, "a receipt comes back");
  return 0;
}
