// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_config.hpp"

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto keys = parse_firebase_keys(as_text(data, size));
  if (!keys) {
    must_be_a_sentence(keys.error().detail);
    return 0;
  }
  std::string text = "[module::PushNotification]\nfirebase-service-accounts=";
  for (const auto& [project, file] : *keys) {
    must(!project.empty() && !file.empty(), "a pair has two ends");
    text += project + ":" + file + " ";
  }
  // The last one must not end with a backslash, which would join the next line.
  auto expected = *keys;
  expected.insert_or_assign("~", "~");
  must(parse_firebase_keys(text + "~:~") == expected, "pairs come back");
  return 0;
}
