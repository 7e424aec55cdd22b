// SPDX-License-Identifier: Apache-2.0
#include "formats/ini.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

std::string without_double_percent(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    out += value[i];
    if (value.substr(i, 2) == "%%") ++i;
  }
  return out;
}

class Reader {
 public:
  /// Empty: the line is in order. Else what is wrong with it.
  std::string take(std::string_view line, int number) {
    if (!is_utf8(line)) return "this is not UTF-8";
    if (line.find('\0') != std::string_view::npos) return "a zero byte is no text";
    const std::string_view content = trim(line);
    if (content.starts_with('#') || content.starts_with(';')) return {};
    if (content.empty()) {
      if (in_value_) entries_.back().value += '\n';
      return {};
    }
    const auto indent = static_cast<std::size_t>(content.data() - line.data());
    if (in_value_ && indent > indent_) {
      entries_.back().value.append("\n").append(content);
      return {};
    }
    indent_ = indent;
    in_value_ = false;
    return content.starts_with('[') ? begin_section(content) : begin_value(content, number);
  }

  std::vector<IniEntry> result() && {
    for (IniEntry& entry : entries_) entry.value = without_double_percent(trim(entry.value));
    return std::move(entries_);
  }

 private:
  std::string begin_section(std::string_view content) {
    const std::size_t end = content.find(']');
    if (end == std::string_view::npos) return "the section's name has no closing ]";
    const std::string_view tail = trim(content.substr(end + 1));
    if (!tail.empty() && tail[0] != '#' && tail[0] != ';') return "there is something behind the section's name";
    section_ = trim(content.substr(1, end - 1));
    if (section_.empty()) return "the section has no name";
    if (!sections_.insert(section_).second) return fmt::format("the section [{}] is there twice", section_);
    return {};
  }

  std::string begin_value(std::string_view content, int number) {
    const std::size_t sign = content.find_first_of("=:");
    if (sign == std::string_view::npos) return "this is neither \"name = value\" nor a [section]";
    const std::string name = lower(trim(content.substr(0, sign)));
    if (name.empty()) return "there is no name before the value";
    if (section_.empty()) return fmt::format("\"{}\" stands before the first [section]", name);
    if (!names_.emplace(section_, name).second) return fmt::format("\"{}\" is there twice in [{}]", name, section_);
    entries_.push_back({section_, name, std::string(trim(content.substr(sign + 1))), number});
    in_value_ = true;
    return {};
  }

  std::vector<IniEntry> entries_;
  std::set<std::string> sections_;
  std::set<std::pair<std::string, std::string>> names_;
  std::string section_;
  std::size_t indent_ = 0;  // of the line that began the value: what is indented deeper belongs to it
  bool in_value_ = false;
};

}  // namespace

Result<std::vector<IniEntry>> parse_ini(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Reader reader;
  for (int number = 1; !text.empty(); ++number) {
    const std::string problem = reader.take(take_line(text), number);
    if (!problem.empty()) return fail(ErrorKind::rejected, fmt::format("line {}: {}", number, problem));
  }
  return std::move(reader).result();
}

}  // namespace mmsgate::formats
