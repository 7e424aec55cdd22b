// SPDX-License-Identifier: Apache-2.0
// What every fuzz target says: what must hold for any input. A broken one ends the program, which libFuzzer takes for a
// find.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "formats/utf8.hpp"

namespace mmsgate::fuzz {

inline void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

inline void must_be_utf8(std::string_view text) { must(formats::is_utf8(text), "what is given out is UTF-8"); }

/// A sentence for people and for headers: there, short, on one line.
inline void must_be_a_sentence(std::string_view detail) {
  must(!detail.empty() && detail.size() < 300, "a detail is a sentence");
  must_be_utf8(detail);
  for (const char c : detail) must(static_cast<unsigned char>(c) >= ' ', "a detail has no control characters");
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The first line, and the rest: for parsers that take two things.
inline std::pair<std::string_view, std::string_view> split_first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return {text, {}};
  return {text.substr(0, end), text.substr(end + 1)};
}

}  // namespace mmsgate::fuzz
