// SPDX-License-Identifier: Apache-2.0
#include "formats/ini.hpp"

#include <algorithm>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

std::string write(const std::vector<IniEntry>& entries) {
  std::string text;
  const std::string* section = nullptr;
  for (const IniEntry& entry : entries) {
    if (section == nullptr || *section != entry.section) text += "[" + entry.section + "]\n";
    section = &entry.section;
    text += entry.name + " = ";
    for (const char c : entry.value) text += c == '%' ? "%%" : c == '\n' ? "\n  " : std::string(1, c);
    text += '\n';
  }
  return text;
}

bool same(const IniEntry& a, const IniEntry& b) {
  return a.section == b.section && a.name == b.name && a.value == b.value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto entries = parse_ini(as_text(data, size));
  if (!entries) {
    must(entries.error().detail.starts_with("line "), "an error names its line");
    must_be_utf8(entries.error().detail);
    return 0;
  }
  for (const IniEntry& entry : *entries) must(entry.line > 0 && !entry.name.empty(), "an entry has a line and a name");
  const auto again = parse_ini(write(*entries));
  must(again && std::ranges::equal(*again, *entries, same), "entries come back");
  return 0;
}
