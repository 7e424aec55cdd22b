// SPDX-License-Identifier: Apache-2.0
// A QR code for a terminal, a page or a file. Pure; any thread.
#pragma once

#include <string>

#include "core/error.hpp"
#include "qr/code.hpp"

namespace mmsgate::qr {

/// What is drawn with in a terminal.
struct Pen {
  bool blocks = true;   ///< Unicode's half blocks, two squares in one letter; else ASCII, one square in two letters.
  bool colours = true;  ///< Black on white by escape codes, whatever the terminal's own colours are.
};

/// Lines, each with its line feed. Without colours, dark squares are drawn and light ones left blank.
[[nodiscard]] std::string draw_text(const Code& code, Pen pen);

/// A whole SVG document.
[[nodiscard]] std::string draw_svg(const Code& code);

/// The bytes of a PNG file.
[[nodiscard]] Result<std::string> draw_png(const Code& code);

}  // namespace mmsgate::qr
