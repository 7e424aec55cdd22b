// SPDX-License-Identifier: Apache-2.0
#include "formats/printable.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

TEST(Printable, NothingTalksToTheTerminalOrTurnsItsWritingRound) {
  EXPECT_EQ(printable("Zo\u00eb, \u4f60\u597d"), "Zo\u00eb, \u4f60\u597d");
  EXPECT_EQ(printable("a\x1b[2J\r\n\x7f"
                      "b"),
            "a?[2J???b");
  EXPECT_EQ(printable("\u0085\u009b"), "??") << "the other control characters";
  EXPECT_EQ(printable("a\u202e\u2066\u200f\u061c\u2028"
                      "b"),
            "a?????b");
  EXPECT_EQ(printable("\xff\xc3"), "\uFFFD\uFFFD");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, AsciiIsCutAndAllElseIsMarked) {
  EXPECT_EQ(printable_ascii("a\tb\x7f\xc3\xa9~", 100), "a?b???~");
  EXPECT_EQ(printable_ascii("abc", 2), "ab");
  EXPECT_EQ(printable_ascii("", 2), "");
}

}  // namespace
}  // namespace mmsgate::formats
