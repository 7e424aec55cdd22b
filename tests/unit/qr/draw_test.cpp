// SPDX-License-Identifier: Apache-2.0
// That the codes can be read is shown end to end, by a scanner; here, that each drawing is the same squares.
#include "qr/draw.hpp"

#include <gtest/gtest.h>
#include <png.h>

#include <algorithm>
#include <regex>
#include <vector>

namespace mmsgate::qr {
namespace {

using Squares = std::vector<std::vector<bool>>;

class Draw : public testing::Test {
 protected:
  [[nodiscard]] Squares blank() const {
    const auto size = static_cast<std::size_t>(code_.size());
    return Squares(size, std::vector<bool>(size));
  }
  [[nodiscard]] Squares squares() const {
    Squares all = blank();
    for (int y = 0; y < code_.size(); ++y) {
      for (int x = 0; x < code_.size(); ++x) {
        all[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = code_.is_dark(x, y);
      }
    }
    return all;
  }
  const Code code_ = *Code::make("https://sms.example.org:38443/conf/abcdefghijklmnopqrstuvwxyz234567");
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    lines.push_back(text.substr(begin, end - begin));
  }
  return lines;
}

TEST_F(Draw, ACodeHasItsQuietZoneAndItsThreeEyes) {
  constexpr int kEye = 7;
  const int last = code_.size() - Code::kQuietZone - 1;
  for (int i = 0; i < code_.size(); ++i) {
    for (int edge = 0; edge < Code::kQuietZone; ++edge) {
      EXPECT_FALSE(code_.is_dark(edge, i) || code_.is_dark(i, edge) || code_.is_dark(last + 1 + edge, i));
    }
  }
  for (int i = 0; i < kEye; ++i) {
    EXPECT_TRUE(code_.is_dark(Code::kQuietZone + i, Code::kQuietZone));
    EXPECT_TRUE(code_.is_dark(last - i, Code::kQuietZone));
    EXPECT_TRUE(code_.is_dark(Code::kQuietZone, last - i));
  }
  EXPECT_FALSE(code_.is_dark(-1, 5) || code_.is_dark(5, 10'000));
}

TEST_F(Draw, AUrlFitsATerminalOf80By25) {
  EXPECT_LE(code_.size(), 80);
  EXPECT_LE(lines_of(draw_text(code_, {})).size(), 25U);
}

TEST_F(Draw, WhatIsTooLongIsSaid) { EXPECT_EQ(Code::make(std::string(5000, 'x')).error().kind, ErrorKind::limit); }

TEST_F(Draw, BlocksAndLettersAreTheSameSquares) {
  const auto letters = lines_of(draw_text(code_, {.blocks = false, .colours = false}));
  ASSERT_EQ(letters.size(), static_cast<std::size_t>(code_.size()));
  Squares seen = blank();
  for (std::size_t y = 0; y < letters.size(); ++y) {
    ASSERT_EQ(letters[y].size(), 2 * letters.size());
    for (std::size_t x = 0; x < letters.size(); ++x) seen[y][x] = letters[y].substr(2 * x, 2) == "##";
  }
  EXPECT_EQ(seen, squares());
  const auto blocks = lines_of(draw_text(code_, {.blocks = true, .colours = false}));
  Squares halves = blank();
  for (std::size_t line = 0; line < blocks.size(); ++line) {
    std::string_view rest = blocks[line];
    for (std::size_t x = 0; x < seen.size(); ++x) {
      const std::string_view letter = rest.substr(0, rest.starts_with(' ') ? 1 : 3);
      rest.remove_prefix(letter.size());
      halves[2 * line][x] = letter == "█" || letter == "▀";
      if (2 * line + 1 < halves.size()) halves[2 * line + 1][x] = letter == "█" || letter == "▄";
    }
    EXPECT_TRUE(rest.empty());
  }
  EXPECT_EQ(halves, squares());
}

TEST_F(Draw, InColoursEachLineIsBlackOnWhiteAndEndsSo) {
  for (const bool blocks : {true, false}) {
    const std::string plain = draw_text(code_, {.blocks = blocks, .colours = false});
    for (const std::string& line : lines_of(draw_text(code_, {.blocks = blocks, .colours = true}))) {
      EXPECT_TRUE(line.starts_with("\x1b[38;5;16;48;5;231m") && line.ends_with("\x1b[0m")) << line;
    }
    std::string bare = draw_text(code_, {.blocks = blocks, .colours = true});
    bare = std::regex_replace(bare, std::regex("\x1b\\[48;5;16m  "), "##");
    bare = std::regex_replace(bare, std::regex("\x1b\\[[0-9;]*m"), "");
    EXPECT_EQ(bare, plain);
  }
}

TEST_F(Draw, TheSvgHasEachDarkSquareOnce) {
  const std::string svg = draw_svg(code_);
  Squares seen = blank();
  const std::regex run("M(\\d+),(\\d+)h(\\d+)v1h-(\\d+)z");
  for (std::sregex_iterator each(svg.begin(), svg.end(), run), end; each != end; ++each) {
    EXPECT_EQ((*each)[3], (*each)[4]);
    for (std::size_t i = 0; i < std::stoul((*each)[3]); ++i) {
      auto square = seen.at(std::stoul((*each)[2])).at(std::stoul((*each)[1]) + i);
      EXPECT_FALSE(square);
      seen[std::stoul((*each)[2])][std::stoul((*each)[1]) + i] = true;
    }
  }
  EXPECT_EQ(seen, squares());
}

TEST_F(Draw, ThePngIsReadBack) {
  const auto file = draw_png(code_);
  ASSERT_TRUE(file);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_memory(&image, file->data(), file->size()), 0);
  image.format = PNG_FORMAT_GRAY;
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0);
  ASSERT_EQ(image.width, static_cast<unsigned>(code_.size()) * 8);
  ASSERT_EQ(image.height, image.width);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const auto x = static_cast<int>(i % image.width / 8);
    const auto y = static_cast<int>(i / image.width / 8);
    ASSERT_EQ(pixels[i], code_.is_dark(x, y) ? 0 : 255) << x << "," << y;
  }
}

}  // namespace
}  // namespace mmsgate::qr
