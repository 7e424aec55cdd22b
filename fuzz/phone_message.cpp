// SPDX-License-Identifier: Apache-2.0
// First line: the Content-Type of a MESSAGE; the rest: its body.
#include "formats/phone_message.hpp"

#include <algorithm>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

void check_content(const PhoneContent& content) {
  must_be_utf8(content.text);
  must_be_utf8(content.message_id);
  must(content.files.size() <= 64, "64 files at most");
  if (content.files.size() > 63) return;  // text and 64 files are 65 parts, which nobody sends
  const Body body = write_phone_message(content.text, content.files, "edge");
  const auto again = parse_phone_message(body.content_type, body.bytes);
  must(again && std::holds_alternative<PhoneContent>(*again), "what was written can be read");
  const auto& read = std::get<PhoneContent>(*again);
  must(read.text == content.text, "the text comes back");
  must(std::ranges::equal(read.files, content.files, {}, &RcsFile::url, &RcsFile::url), "the files come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [type, body] = split_first_line(as_text(data, size));
  const auto message = parse_phone_message(type, body);
  if (!message) {
    must_be_a_sentence(message.error().detail);
    return 0;
  }
  if (const auto* content = std::get_if<PhoneContent>(&*message)) check_content(*content);
  if (const auto* read = std::get_if<PhoneReceipts>(&*message)) must(!read->receipts.empty(), "at least one receipt");
  if (const auto* typing = std::get_if<Composing>(&*message)) {
    const auto again = parse_composing(write_composing(*typing));
    must(again && again->active == typing->active && again->refresh == typing->refresh, "typing comes back");
  }
  return 0;
}
