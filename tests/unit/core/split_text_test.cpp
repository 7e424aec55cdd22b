// SPDX-License-Identifier: Apache-2.0
// Where a text may be cut.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/send_plan.hpp"

namespace mmsgate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(SplitText, WhatFitsStaysWhole) {
  EXPECT_THAT(split_text("", 5), IsEmpty());
  EXPECT_THAT(split_text("abcde", 5), ElementsAre("abcde"));
  EXPECT_THAT(split_text("ééééé", 10), ElementsAre("ééééé"));
}

TEST(SplitText, CutsBetweenWordsAndDropsTheBlank) {
  EXPECT_THAT(split_text("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(split_text("one two three", 7), ElementsAre("one two", "three")) << "the blank right behind the limit";
  EXPECT_THAT(split_text("one\ntwo", 5), ElementsAre("one", "two"));
}

TEST(SplitText, ABlankAtTheEndLeavesNoEmptyPiece) { EXPECT_THAT(split_text("abcde ", 5), ElementsAre("abcde")); }

TEST(SplitText, ALongWordIsCutWhereItMust) {
  EXPECT_THAT(split_text("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(split_text("a bcdefghijk", 8), ElementsAre("a bcdefg", "hijk")) << "not a piece of one letter";
}

TEST(SplitText, NeverCutsACharacter) {
  EXPECT_THAT(split_text("€€€€€", 8), ElementsAre("€€", "€€", "€"));
  EXPECT_THAT(split_text("😀é€a😀", 9), ElementsAre("😀é€", "a😀"));
}

TEST(SplitText, BytesThatAreNotUtf8AreCutLikeOthers) {
  const std::string bytes(7, '\x80');
  EXPECT_THAT(split_text(bytes, 3), ElementsAre("\x80\x80\x80", "\x80\x80\x80", "\x80"));
}

TEST(SplitText, ALimitOfNothingIsTakenAsOne) { EXPECT_THAT(split_text("ab", 0), ElementsAre("a", "b")); }

TEST(SplitText, ACharacterThatFitsNowhereStaysWhole) { EXPECT_THAT(split_text("a😀b", 1), ElementsAre("a", "😀", "b")); }

/// All that must hold of a text that ends in no blank, at any limit.
void expect_whole(std::string_view text, std::size_t most) {
  std::size_t at = 0;
  for (const std::string_view piece : split_text(text, most)) {
    EXPECT_FALSE(piece.empty());
    EXPECT_LE(piece.size(), std::max<std::size_t>(most, 4)) << "4: the longest character";
    const auto begin = static_cast<std::size_t>(piece.data() - text.data());
    ASSERT_TRUE(begin == at || begin == at + 1) << "a gap before " << piece;
    if (begin == at + 1) {
      EXPECT_TRUE(text[at] == ' ' || text[at] == '\n') << "lost more than a blank before " << piece;
    }
    at = begin + piece.size();
  }
  EXPECT_EQ(at, text.size()) << "lost the end";
}

TEST(SplitText, LosesNothingButTheBlankAtACut) {
  const std::string_view letters[] = {"a", "é", "€", "😀", " ", "  ", "\n", "bcd", "\x80", "\xf0\x9f"};
  for (std::size_t seed = 0; seed < 300; ++seed) {
    std::string text;
    for (std::size_t i = 0; i < 40; ++i) text += letters[(seed * 7 + i * i * (seed % 11 + 3) + i) % std::size(letters)];
    text += 'z';
    for (std::size_t most = 1; most < 20; ++most) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", at most " << most);
      expect_whole(text, most);
      if (testing::Test::HasFailure()) return;
    }
  }
}

TEST(SplitText, TearsNothingThatIsOneCharacterToPeople) {
  const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";  // 18 bytes
  EXPECT_THAT(split_text("ab" + family + "cd", 18), ElementsAre("ab", family, "cd"));
  EXPECT_THAT(split_text(family, 12), SizeIs(2)) << "unless it is longer than all there may be";
  EXPECT_THAT(split_text("abe\u0301x", 4), ElementsAre("ab", "e\u0301x")) << "an accent stays with its letter";
  EXPECT_THAT(split_text("ab\U0001F44D\U0001F3FDx", 8), ElementsAre("ab", "\U0001F44D\U0001F3FD", "x"))
      << "a skin tone";
  EXPECT_THAT(split_text(std::string(60, 'x') + "y", 60), SizeIs(2));
}

TEST(SplitText, EndsWithNoPieceOfBlanks) {
  EXPECT_THAT(split_text("abcde\n\n", 5), ElementsAre("abcde"));
  EXPECT_THAT(split_text(" ", 5), ElementsAre(" ")) << "unless that is all there is";
}

}  // namespace
}  // namespace mmsgate
