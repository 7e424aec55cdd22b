// SPDX-License-Identifier: Apache-2.0
// First line: a Content-Type; the rest: a body with its boundary.
#include "formats/mime.hpp"

#include <algorithm>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

bool same(const BodyPart& a, const BodyPart& b) {
  return a.content_type == b.content_type && a.headers == b.headers && a.body == b.body;
}

std::vector<BodyPart> again(const std::vector<BodyPart>& parts) {
  std::string boundary = "edge";
  while (
      std::ranges::any_of(parts, [&](const BodyPart& part) { return part.body.find(boundary) != std::string::npos; })) {
    boundary += 'x';
  }
  auto read = parse_multipart(write_multipart(parts, boundary), boundary);
  must(read.has_value(), "what was written can be read");
  return *std::move(read);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [header, body] = split_first_line(as_text(data, size));
  const ContentType type = parse_content_type(header);
  must(!type.type.empty() || type.parameters.empty(), "no parameters without a type");
  const auto boundary = type.parameters.find("boundary");
  const auto parts = parse_multipart(body, boundary == type.parameters.end() ? "b" : boundary->second);
  if (!parts) {
    must_be_a_sentence(parts.error().detail);
    return 0;
  }
  must(!parts->empty() && parts->size() <= 64, "1 to 64 parts");
  // Names and values are mended once; bodies never change.
  const auto first = again(*parts);
  must(std::ranges::equal(first, *parts, std::equal_to<>(), &BodyPart::body, &BodyPart::body), "bodies come back");
  must(std::ranges::equal(again(first), first, same), "parts come back");
  return 0;
}
