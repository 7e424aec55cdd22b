// SPDX-License-Identifier: Apache-2.0
#include "crypto/same.hpp"

#include <gtest/gtest.h>

namespace mmsgate::crypto {
namespace {

using std::string_view_literals::operator""sv;

TEST(Same, OnlyWhatIsTheSameToTheLastByteIs) {
  EXPECT_TRUE(same("0123456789abcdef", "0123456789abcdef"));
  EXPECT_FALSE(same("0123456789abcdef", "0123456789abcdeg"));
  EXPECT_FALSE(same("0123456789abcdef", "1123456789abcdef"));
  EXPECT_FALSE(same("0123456789abcdef", "0123456789abcde"));
  EXPECT_FALSE(same("", "x"));
  EXPECT_FALSE(same("a\0b"sv, "a\0c"sv));
  EXPECT_TRUE(same("", ""));
}

}  // namespace
}  // namespace mmsgate::crypto
