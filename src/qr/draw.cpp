// SPDX-License-Identifier: Apache-2.0
#include "qr/draw.hpp"

#include <fmt/format.h>

namespace mmsgate::qr {
namespace {

// Black and white of the colour cube, which no terminal's theme changes.
constexpr std::string_view kBlackOnWhite = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view kReset = "\x1b[0m";

/// One line of letters: the rows y and y + 1.
std::string blocks_of(const Code& code, int y) {
  std::string line;
  for (int x = 0; x < code.size(); ++x) {
    const bool upper = code.is_dark(x, y);
    const bool lower = code.is_dark(x, y + 1);
    line += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
  }
  return line;
}

/// One line of letters: the row y. In colours, a dark square is a blank on black.
std::string letters_of(const Code& code, int y, bool colours) {
  constexpr std::string_view kDark = "\x1b[48;5;16m  \x1b[48;5;231m";
  std::string line;
  for (int x = 0; x < code.size(); ++x) line += !code.is_dark(x, y) ? "  " : colours ? kDark : "##";
  return line;
}

}  // namespace

std::string draw_text(const Code& code, Pen pen) {
  std::string text;
  for (int y = 0; y < code.size(); y += pen.blocks ? 2 : 1) {
    const std::string line = pen.blocks ? blocks_of(code, y) : letters_of(code, y, pen.colours);
    text += pen.colours ? fmt::format("{}{}{}\n", kBlackOnWhite, line, kReset) : line + "\n";
  }
  return text;
}

std::string draw_svg(const Code& code) {
  constexpr int kPixels = 8;
  std::string path;
  for (int y = 0; y < code.size(); ++y) {
    for (int x = 0; x < code.size(); ++x) {
      int width = 0;
      while (code.is_dark(x + width, y)) ++width;
      if (width > 0) path += fmt::format("M{},{}h{}v1h-{}z", x, y, width, width);
      x += width;
    }
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{1}\" height=\"{1}\" viewBox=\"0 0 {0} {0}\" "
      "shape-rendering=\"crispEdges\">\n"
      "<rect width=\"{0}\" height=\"{0}\" fill=\"#fff\"/>\n<path d=\"{2}\" fill=\"#000\"/>\n</svg>\n",
      code.size(), code.size() * kPixels, path);
}

}  // namespace mmsgate::qr
