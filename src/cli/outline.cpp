// SPDX-License-Identifier: Apache-2.0
#include "cli/outline.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace mmsgate::cli {
namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// What stands between these in the text; empty: they do not.
std::string_view between(std::string_view text, std::string_view open, char close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + open.size());
  return text.substr(0, std::min(text.find(close), text.size()));
}

Offer offer_for(const Word& word) {
  if (!word.choices.empty()) return Offer::choices;
  if (word.value == "FILE") return Offer::files;
  return word.value == "FOLDER" ? Offer::folders : Offer::nothing;
}

Word word_of(const CLI::Option& option) {
  Word word;
  for (const std::string& name : option.get_snames()) word.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) word.names.push_back("--" + name);
  word.help = option.get_description();
  word.fallback = option.get_default_str();
  word.is_required = option.get_required();
  word.is_many = option.get_expected_max() > 1;
  if (option.get_items_expected_max() == 0) return word;
  // CLI11 tells by "INT:INT in [1 - 9]" and "TEXT:{a,b}" what a value must be; a text of our own says "a|b".
  const std::string type = option.get_type_name();
  const std::string& own = option.get_option_text();
  word.choices = own.empty() ? split(between(type, "{", '}'), ',') : split(own, '|');
  if (const auto range = split(between(type, "[", ']'), ' '); range.size() == 3) {
    word.range = fmt::format("{} to {}", range.front(), range.back());
  }
  word.value = type.starts_with("INT") ? "NUMBER" : type.substr(0, type.find(':'));
  if (word.names.empty()) word.value = option.get_name(true);
  word.offer = offer_for(word);
  return word;
}

Verb verb_of(const CLI::App& app, std::string path) {
  Verb verb{.path = std::move(path), .help = app.get_description()};
  for (const CLI::Option* option : app.get_options({})) {
    auto& to = option->nonpositional() ? verb.options : verb.arguments;
    to.push_back(word_of(*option));
  }
  for (const CLI::App* below : app.get_subcommands({})) {
    verb.verbs.push_back(verb_of(*below, verb.path.empty() ? below->get_name() : verb.path + " " + below->get_name()));
  }
  return verb;
}

void collect(const Verb& verb, std::vector<const Word*> inherited, std::vector<Place>& places) {
  Place place{.verb = &verb};
  for (const Word& option : verb.options) place.options.push_back(&option);
  for (const Word* option : inherited) {
    const bool is_hidden =
        std::ranges::any_of(verb.options, [&](const Word& own) { return own.names == option->names; });
    if (!is_hidden) place.options.push_back(option);  // each has a --help of its own
  }
  inherited = place.options;
  places.push_back(std::move(place));
  for (const Verb& below : verb.verbs) collect(below, inherited, places);
}

}  // namespace

Verb outline_of(const CLI::App& app) { return verb_of(app, ""); }

std::vector<Place> places_of(const Verb& top) {
  std::vector<Place> places;
  collect(top, {}, places);
  return places;
}

}  // namespace mmsgate::cli
