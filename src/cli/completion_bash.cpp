// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"

namespace mmsgate::cli {
namespace {

// Bash makes words of their own of the = in --limit=5.
constexpr std::string_view kBegin = R"(# bash completion for mmsgate. Made by `mmsgate completion bash`.
_mmsgate() {
  local word cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} place='' skip='' offer='' words='' i
  if [ "$cur" = = ]; then cur=''; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
  COMPREPLY=()
)";

constexpr std::string_view kEnd = R"(  case $offer in
    files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur") ;;
  esac
}
complete -F _mmsgate mmsgate
)";

const auto kAnyOption = [](const Word&) { return true; };

/// Which command the words up to here name.
std::string find_place(const std::vector<Place>& places) {
  std::string text = "  for ((i = 1; i < COMP_CWORD; ++i)); do\n    word=${COMP_WORDS[i]}\n";
  text += "    if [ \"$word\" = = ]; then skip=yes; continue; fi\n";
  text += "    if [ -n \"$skip\" ]; then skip=''; continue; fi\n    case \"$place/$word\" in\n";
  std::string known;
  for (const Place& place : places) {
    if (place.verb->path.empty()) continue;
    const std::size_t last = place.verb->path.rfind(' ');
    const std::string above = last == std::string::npos ? "" : place.verb->path.substr(0, last);
    text += fmt::format("      {}) place={} ;;\n", quoted(fmt::format("{}/{}", above, place.verb->name())),
                        quoted(place.verb->path));
  }
  text += fmt::format("      */{}) skip=yes ;;\n    esac\n  done\n",
                      fmt::join(names_with_value(places, kAnyOption), " | */"));
  return text;
}

std::string offer_value(const std::vector<Place>& places) {
  std::string text = "  case $before in\n";
  const auto arm = [&](const std::vector<std::string>& names, std::string_view what) {
    if (!names.empty()) text += fmt::format("    {}) {} ;;\n", fmt::join(names, " | "), what);
  };
  arm(names_with_value(places, [](const Word& word) { return word.offer == Offer::files; }), "offer=files");
  arm(names_with_value(places, [](const Word& word) { return word.offer == Offer::folders; }), "offer=folders");
  for (const Place& place : places) {
    for (const Word& option : place.verb->options) {
      if (option.offer != Offer::choices) continue;
      arm(option.names, fmt::format("offer=words words={}", quoted(fmt::format("{}", fmt::join(option.choices, " ")))));
    }
  }
  arm(names_with_value(places, [](const Word& word) { return word.offer == Offer::nothing; }), "return");
  return text + "  esac\n";
}

std::string offer_words(const Place& place) {
  std::vector<std::string> options, others;
  for (const Word* option : place.options) options.insert(options.end(), option->names.begin(), option->names.end());
  for (const Verb& verb : place.verb->verbs) others.emplace_back(verb.name());
  std::string offer;
  for (const Word& argument : place.verb->arguments) {
    others.insert(others.end(), argument.choices.begin(), argument.choices.end());
    if (argument.offer == Offer::files) offer = "offer=files ";
  }
  return fmt::format("      {}) if [[ $cur = -* ]]; then words={}; else {}words={}; fi ;;\n", quoted(place.verb->path),
                     quoted(fmt::format("{}", fmt::join(options, " "))), offer,
                     quoted(fmt::format("{}", fmt::join(others, " "))));
}

}  // namespace

std::string completion_for_bash(const Verb& top) {
  const std::vector<Place> places = places_of(top);
  std::string text = std::string(kBegin) + find_place(places) + offer_value(places);
  text += "  if [ -z \"$offer\" ]; then\n    case $place in\n";
  for (const Place& place : places) text += offer_words(place);
  return text + "    esac\n  fi\n" + std::string(kEnd);
}

}  // namespace mmsgate::cli
