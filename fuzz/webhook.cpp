// SPDX-License-Identifier: Apache-2.0
#include "formats/carrier_message.hpp"

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = parse_webhook(as_text(data, size));
  if (!message) {
    must_be_a_sentence(message.error().detail);
    return 0;
  }
  must(!message->id.empty() && message->id.size() <= 64, "there is an id");
  must(!message->from.empty() && !message->to.empty(), "somebody sent it to somebody");
  must(message->to.size() <= 64 && message->media_urls.size() <= 64, "64 numbers and media at most");
  for (const std::string& text : {message->id, message->from, message->text, message->event_type}) must_be_utf8(text);
  for (const std::string& number : message->to) must_be_utf8(number);
  for (const std::string& url : message->media_urls) must_be_utf8(url);
  return 0;
}
