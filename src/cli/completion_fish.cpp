// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"

namespace mmsgate::cli {
namespace {

constexpr std::string_view kBegin = R"(# fish completion for mmsgate. Made by `mmsgate completion fish`.
function __mmsgate_is_at
    set -l place ''
    set -l skip no
    for word in (commandline -opc)[2..-1]
        if test $skip = yes
            set skip no
            continue
        end
        switch "$place/$word"
)";
constexpr std::string_view kEnd = R"(        end
    end
    test "$place" = "$argv[1]"
end
complete -c mmsgate -f
)";

/// In fish's single quotes a backslash is one only before ' and \.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string condition(const Verb& verb) { return in_quotes(fmt::format("__mmsgate_is_at {}", in_quotes(verb.path))); }

std::string values_of(const Word& word) {
  switch (word.offer) {
    case Offer::nothing:
      return word.value.empty() ? "" : " -x";
    case Offer::files:
      return " -r -F";
    case Offer::folders:
      return " -x -a '(__fish_complete_directories)'";
    case Offer::choices:
      return fmt::format(" -x -a {}", in_quotes(fmt::format("{}", fmt::join(word.choices, " "))));
  }
  return "";
}

std::string lines_for(const Place& place) {
  const std::string line = fmt::format("complete -c mmsgate -n {}", condition(*place.verb));
  std::string text;
  for (const Verb& below : place.verb->verbs) {
    text += fmt::format("{} -a {} -d {}\n", line, below.name(), in_quotes(below.help));
  }
  for (const Word& argument : place.verb->arguments) {
    if (argument.offer == Offer::files) text += fmt::format("{} -F\n", line);
    if (argument.offer == Offer::choices) text += fmt::format("{} -f{}\n", line, values_of(argument).substr(3));
  }
  for (const Word* option : place.options) {
    text += line;
    for (const std::string& name : option->names) {
      text += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
    }
    text += fmt::format("{} -d {}\n", values_of(*option), in_quotes(option->help));
  }
  return text;
}

}  // namespace

std::string completion_for_fish(const Verb& top) {
  const std::vector<Place> places = places_of(top);
  std::string text(kBegin);
  for (const Place& place : places) {
    if (place.verb->path.empty()) continue;
    const std::size_t last = place.verb->path.rfind(' ');
    const std::string above = last == std::string::npos ? "" : place.verb->path.substr(0, last);
    text += fmt::format("            case {}\n                set place {}\n",
                        in_quotes(fmt::format("{}/{}", above, place.verb->name())), in_quotes(place.verb->path));
  }
  std::string skipped;
  for (const std::string& name : names_with_value(places, [](const Word&) { return true; })) {
    skipped += fmt::format(" '*/{}'", name);
  }
  text += fmt::format("            case{}\n                set skip yes\n", skipped);
  text += kEnd;
  for (const Place& place : places) text += lines_for(place);
  return text;
}

}  // namespace mmsgate::cli
