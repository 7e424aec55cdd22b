// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"

namespace mmsgate::cli {
namespace {

/// "messages list" becomes "_mmsgate_messages_list".
std::string function_of(const Verb& verb) {
  std::string name = verb.path.empty() ? "_mmsgate" : "_mmsgate_" + verb.path;
  std::ranges::replace(name, ' ', '_');
  std::ranges::replace(name, '-', '_');
  return name;
}

/// Within a description: what would end it, or begin the next part.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action_of(const Word& word) {
  switch (word.offer) {
    case Offer::nothing:
      return " ";
    case Offer::files:
      return "_files";
    case Offer::folders:
      return "_files -/";
    case Offer::choices:
      return fmt::format("({})", fmt::join(word.choices, " "));
  }
  return " ";
}

std::string options_of(const Place& place) {
  std::string text;
  for (const Word* option : place.options) {
    for (const std::string& name : option->names) {
      const std::string value =
          option->value.empty() ? "" : fmt::format(":{}:{}", escaped(option->value), action_of(*option));
      // --limit 5 and --limit=5; one that may be given again is offered again.
      const bool is_long = name.starts_with("--") && !option->value.empty();
      text += fmt::format(" \\\n    {}", quoted(fmt::format("{}{}{}[{}]{}", option->is_many ? "*" : "", name,
                                                            is_long ? "=" : "", escaped(option->help), value)));
    }
  }
  return text;
}

std::string arguments_of(const Verb& verb) {
  std::string text;
  for (const Word& argument : verb.arguments) {
    text += fmt::format(" \\\n    {}", quoted(fmt::format("{}:{}:{}", argument.is_many ? "*" : "",
                                                          escaped(argument.value), action_of(argument))));
  }
  return text;
}

std::string choice_of_verb(const Verb& verb) {
  std::string text = "  case $state in\n    verb)\n      local -a verbs=(\n";
  for (const Verb& below : verb.verbs) {
    text += fmt::format("        {}\n", quoted(fmt::format("{}:{}", below.name(), below.help)));
  }
  text += "      )\n      _describe command verbs ;;\n    rest)\n      case $words[1] in\n";
  for (const Verb& below : verb.verbs) text += fmt::format("        {}) {} ;;\n", below.name(), function_of(below));
  return text + "      esac ;;\n  esac\n";
}

std::string function_for(const Place& place) {
  const Verb& verb = *place.verb;
  std::string text = fmt::format("{}() {{\n", function_of(verb));
  if (verb.verbs.empty()) {
    return text + fmt::format("  _arguments -s{}{}\n}}\n", options_of(place), arguments_of(verb));
  }
  text += "  local curcontext=$curcontext state line\n  typeset -A opt_args\n";
  text += fmt::format("  _arguments -s -C{} \\\n    '1: :->verb' \\\n    '*:: :->rest'\n", options_of(place));
  return text + choice_of_verb(verb) + "}\n";
}

}  // namespace

std::string completion_for_zsh(const Verb& top) {
  std::string text = "#compdef mmsgate\n# zsh completion for mmsgate. Made by `mmsgate completion zsh`.\n";
  for (const Place& place : places_of(top)) text += function_for(place);
  return text + "if [ \"$funcstack[1]\" = _mmsgate ]; then\n  _mmsgate \"$@\"\nelse\n  compdef _mmsgate mmsgate\nfi\n";
}

}  // namespace mmsgate::cli
