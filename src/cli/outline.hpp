// SPDX-License-Identifier: Apache-2.0
// The command line as data: what --help says, for the manual page and for completion by shells. Main thread.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace mmsgate::cli {

/// What a shell offers for a value.
enum class Offer { nothing, files, folders, choices };

/// An option, or an argument.
struct Word {
  std::vector<std::string> names;  ///< "--json", "-h"; empty: an argument.
  std::string value;               ///< What is to be given: "FILE", "NUMBER"; empty: it takes none.
  Offer offer = Offer::nothing;
  std::vector<std::string> choices;
  std::string range;  ///< "1 to 1000"; empty: any.
  std::string fallback;
  std::string help;
  bool is_required = false;
  bool is_many = false;
};

struct Verb {
  std::string path;  ///< "messages list", as it is typed behind "mmsgate"; empty: mmsgate itself.
  std::string help;
  std::vector<Word> options;    ///< Its own.
  std::vector<Word> arguments;  ///< In order.
  std::vector<Verb> verbs;      ///< Below it.

  [[nodiscard]] std::string_view name() const { return std::string_view(path).substr(path.rfind(' ') + 1); }
};

[[nodiscard]] Verb outline_of(const CLI::App& app);

/// It and all below it, each before those below it, with what may be said there: its own options, and those of what it
/// is below.
struct Place {
  const Verb* verb = nullptr;
  std::vector<const Word*> options;
};
[[nodiscard]] std::vector<Place> places_of(const Verb& top);

/// The names of all options that take a value and of which `fits` is true, in order, each once.
template <typename Fits>
[[nodiscard]] std::vector<std::string> names_with_value(const std::vector<Place>& places, Fits fits) {
  std::vector<std::string> found;
  for (const Place& place : places) {
    for (const Word* word : place.options) {
      for (const std::string& name : word->names) {
        if (word->value.empty() || !fits(*word) || std::ranges::find(found, name) != found.end()) continue;
        found.push_back(name);
      }
    }
  }
  return found;
}

}  // namespace mmsgate::cli
