// SPDX-License-Identifier: Apache-2.0
// A message as the stack's logger says it, line by line: what is shown is text, and no password.
#include "sip/trace_text.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "property.hpp"

using namespace mmsgate::sip;
using namespace mmsgate::fuzz;

namespace {

bool holds_password(std::string_view line) {
  std::string lower(line);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.starts_with("authorization:") || lower.starts_with("proxy-authorization:");
}

void must_be_shown_well(std::string_view line) {
  must_be_utf8(line);
  for (const char c : line) must(static_cast<unsigned char>(c) >= ' ', "a shown line has no control characters");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string separator = "   " + std::string(72, '-') + "\n";
  TraceText text;
  static_cast<void>(text.take("recv 1 bytes from udp/[127.0.0.1]:5060 at 1:2:3.4:\n" + separator));
  std::string_view rest = as_text(data, size);
  std::vector<std::string_view> lines;
  while (!rest.empty()) {
    const auto [line, more] = split_first_line(rest);
    lines.push_back(line);
    rest = more;
  }
  for (const std::string_view line : lines) {
    must(!text.take("   " + std::string(line)), "no line ends a message");
    must(!text.take("\n"), "no line end ends a message");
  }
  const auto message = text.take(separator);
  must(message && message->lines.size() == lines.size(), "each line is shown");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    must_be_shown_well(message->lines[i]);
    if (holds_password(lines[i])) must(message->lines[i].ends_with("(hidden)"), "a password is hidden");
    must(message->lines[i].size() <= lines[i].size() + 40, "a line grows by little");
  }
  if (const auto said = text.take(as_text(data, size))) must_be_shown_well(said->head);
  return 0;
}
