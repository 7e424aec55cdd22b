// SPDX-License-Identifier: Apache-2.0
// First line: a decimal size; the rest: a Range header, a Content-Disposition and a file name all at once.
#include "formats/http_fields.hpp"

#include <algorithm>
#include <charconv>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

void check_range(std::string_view header, std::uint64_t size) {
  const RangeAnswer answer = parse_range(header, size);
  if (answer.kind != RangeKind::part) return;
  must(answer.range.first <= answer.range.last && answer.range.last < size, "a range lies within");
}

void check_name(std::string_view name) {
  must_be_utf8(file_name_of(name));
  const std::string clean = clean_file_name(name);
  must_be_utf8(clean);
  must(!clean.empty() && clean.size() <= 255 && clean != "." && clean != "..", "a name is a name");
  must(clean.find_first_of(std::string_view("/\\\0\r\n", 5)) == std::string::npos, "a name is no path and no line end");
  must(clean_file_name(clean) == clean, "what is clean stays");
  const std::string header = content_disposition("attachment", name);
  must(std::ranges::all_of(header, [](char c) { return c >= ' ' && c <= '~'; }), "a header is printable ASCII");
  must(std::ranges::count(header, '"') == 2, "only the name is in quotes");
  must(file_name_of(header) == clean, "a name comes back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length) {
  const auto [first, rest] = split_first_line(as_text(data, length));
  std::uint64_t size = 0;
  std::from_chars(first.data(), first.data() + first.size(), size);
  check_range(rest, size);
  check_name(rest);
  return 0;
}
