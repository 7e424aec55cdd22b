// SPDX-License-Identifier: Apache-2.0
#include "core/number.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mmsgate {
namespace {

struct Reading {
  std::string_view written;
  Number::Kind kind;
  std::string_view e164;
  std::string_view national;
};

class NumberReads : public testing::TestWithParam<Reading> {};

TEST_P(NumberReads, OneCanonicalForm) {
  const Reading& reading = GetParam();
  const auto number = Number::parse(reading.written);
  ASSERT_TRUE(number) << number.error().detail;
  EXPECT_EQ(number->kind(), reading.kind);
  EXPECT_EQ(number->e164(), reading.e164);
  EXPECT_EQ(number->national(), reading.national);
}

using enum Number::Kind;
INSTANTIATE_TEST_SUITE_P(
    AsPeopleAndProvidersWrite, NumberReads,
    testing::Values(
        Reading{"5145550123", nanp, "+15145550123", "5145550123"},
        Reading{"15145550123", nanp, "+15145550123", "5145550123"},
        Reading{"+15145550123", nanp, "+15145550123", "5145550123"},
        Reading{"01115145550123", nanp, "+15145550123", "5145550123"},
        Reading{"1 (514) 555-0123", nanp, "+15145550123", "5145550123"},
        Reading{"(+1) 514.555.0123", nanp, "+15145550123", "5145550123"},
        Reading{"+442071838750", international, "+442071838750", "011442071838750"},
        Reading{"011442071838750", international, "+442071838750", "011442071838750"},
        Reading{"+44 20 7183 8750", international, "+442071838750", "011442071838750"},
        // Ten digits after a plus are not of North America: the country is the first of them.
        Reading{"+5145550123", international, "+5145550123", "0115145550123"},
        // No exchange begins with 0 or 1, so this is nobody's number there; after a plus it is taken as it is.
        Reading{"+15140550123", international, "+15140550123", "01115140550123"},
        // Seven digits with the country code, the shortest: what was shown as 0112901234 was not read back.
        Reading{"+2901234", international, "+2901234", "0112901234"},
        Reading{"+123456789012345", international, "+123456789012345", "011123456789012345"},
        Reading{"72222", short_code, "72222", "72222"},  //
        Reading{"911", short_code, "911", "911"}, Reading{"7-22-22", short_code, "72222", "72222"},
        Reading{"12345678", short_code, "12345678", "12345678"}));

/// What goes out in the form of an edge and comes back by it must be the same number, or one conversation becomes two.
TEST_P(NumberReads, ComesBackFromEachOfItsForms) {
  const auto number = Number::parse(GetParam().written);
  ASSERT_TRUE(number);
  for (const std::string& form : {number->national(), number->e164()}) {
    const auto again = Number::parse(form);
    ASSERT_TRUE(again) << form << ": " << again.error().detail;
    EXPECT_EQ(*again, *number) << form;
  }
}

class NumberRefuses : public testing::TestWithParam<std::string_view> {};

TEST_P(NumberRefuses, AsRejected) {
  const auto number = Number::parse(GetParam());
  ASSERT_FALSE(number) << number->e164();
  EXPECT_EQ(number.error().kind, ErrorKind::rejected);
  EXPECT_FALSE(number.error().detail.empty());
}

INSTANTIATE_TEST_SUITE_P(WhatIsNone, NumberRefuses,
                         testing::Values("", " ", "+", "()-", "12", "+12345", "123456789", "0145550123", "5140550123",
                                         "25145550123", "+1234567890123456", "0111234567890123456", "5145550123x",
                                         "514555o123", "++15145550123", "514+5550123", "sip:5145550123",
                                         "５１４５５５０１２３", "5145550123\n"));

TEST(Number, AnEndlessOneIsRefused) {
  EXPECT_FALSE(Number::parse(std::string(1 << 20, '5')));
  EXPECT_FALSE(Number::parse("011" + std::string(1 << 20, '4')));
  EXPECT_FALSE(Number::parse(std::string(1 << 20, ' ')));
}

TEST(Number, IsEqualHoweverItWasWritten) {
  EXPECT_EQ(Number::parse("+1 514 555 0123"), Number::parse("5145550123"));
  EXPECT_NE(Number::parse("5145550123"), Number::parse("5145550124"));
  EXPECT_NE(Number::parse("5145550123"), Number::parse("+5145550123"));
}

}  // namespace
}  // namespace mmsgate
