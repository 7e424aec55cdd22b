// SPDX-License-Identifier: Apache-2.0
// One name=value a line: the decoded query of the carrier's GET.
#include "formats/carrier_message.hpp"
#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::map<std::string, std::string> query;
  for (std::string_view rest = as_text(data, size); !rest.empty();) {
    const auto [line, more] = split_first_line(rest);
    const std::size_t sign = std::min(line.find('='), line.size());
    query.emplace(line.substr(0, sign), line.substr(std::min(sign + 1, line.size())));
    rest = more;
  }
  const auto message = parse_callback(query);
  if (!message) {
    must_be_a_sentence(message.error().detail);
    return 0;
  }
  must(!message->id.empty() && !message->from.empty() && !message->to.empty(), "what is needed is there");
  for (const std::string& text : {message->id, message->from, message->text}) must_be_utf8(text);
  for (const std::string& url : message->media_urls) {
    must_be_utf8(url);
    must(!url.empty() && url.find_first_of(" \t\r\n") == std::string::npos, "a URL has no blanks");
  }
  must(parse_callback(query)->id == message->id, "a repeat has the same id");
  return 0;
}
