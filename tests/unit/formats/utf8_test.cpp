// SPDX-License-Identifier: Apache-2.0
#include "formats/utf8.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

TEST(Utf8, TakesWhatIsWellFormed) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("h\u00e9 \u4e2d \U0001F600"));
  EXPECT_TRUE(is_utf8("\xF4\x8F\xBF\xBF")) << "U+10FFFF, the last";
  EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, RefusesWhatIsNot) {
  EXPECT_FALSE(is_utf8("\x80")) << "a byte that only continues";
  EXPECT_FALSE(is_utf8("\xC3")) << "cut off";
  EXPECT_FALSE(is_utf8("\xC3(")) << "not continued";
  EXPECT_FALSE(is_utf8("\xC0\x80")) << "overlong, two bytes";
  EXPECT_FALSE(is_utf8("\xE0\x80\xAF")) << "overlong, three bytes";
  EXPECT_FALSE(is_utf8("\xF0\x80\x80\xAF")) << "overlong, four bytes";
  EXPECT_FALSE(is_utf8("\xED\xA0\x80")) << "a surrogate";
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80")) << "above U+10FFFF";
  EXPECT_FALSE(is_utf8("\xFF"));
}

TEST(Utf8, MendsByteByByte) {
  EXPECT_EQ(mend_utf8("a\xFF\u00e9\xC3"), "a\uFFFD\u00e9\uFFFD");
  EXPECT_EQ(mend_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(Utf8, ReadsAndWritesEveryLength) {
  for (const char32_t c : {U'\x7F', U'\x80', U'\u07FF', U'\u0800', U'\uFFFF', U'\U00010000', U'\U0010FFFF'}) {
    std::string text;
    append_code_point(text, c);
    const auto read = first_code_point(text);
    ASSERT_TRUE(read) << static_cast<unsigned>(c);
    EXPECT_EQ(read->value, c);
    EXPECT_EQ(read->bytes, text.size());
  }
  std::string replaced;
  append_code_point(replaced, 0xD800);
  append_code_point(replaced, 0x110000);
  EXPECT_EQ(replaced, "\uFFFD\uFFFD");
}

TEST(Utf8, Latin1AndCuts) {
  EXPECT_EQ(latin1_to_utf8("caf\xE9"), "caf\u00e9");
  EXPECT_EQ(cut_utf8("a\u00e9b", 2), "a");
  EXPECT_EQ(cut_utf8("a\u00e9b", 3), "a\u00e9");
  EXPECT_EQ(cut_utf8("\U0001F600", 3), "");
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
}

}  // namespace
}  // namespace mmsgate::formats
