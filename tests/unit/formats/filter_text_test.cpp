// SPDX-License-Identifier: Apache-2.0
// webfilter: what the predecessor's manual shows means the same, and nothing else is read.
#include "formats/filter_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;

const Number kDid = Number::parse("5145550100").value();

/// Does `condition` keep the account from its copy?
bool keeps(const std::string& condition, std::string_view account = "100000_bob") {
  const auto filter = parse_filter("5145550100 " + condition);
  EXPECT_TRUE(filter) << (filter ? "" : filter.error().detail);
  return filter && filter->keeps_from(kDid, account);
}

std::string error(const std::string& text) {
  const auto filter = parse_filter(text);
  return filter ? "(taken)" : filter.error().detail;
}

TEST(FilterText, WhatRealConfigsHold) {
  EXPECT_FALSE(keeps(R"("bob" not in toid)"));
  EXPECT_TRUE(keeps(R"("bob" not in toid)", "100000_alice"));
  EXPECT_TRUE(keeps(R"("obi" in toid)", "100000_obihai"));
  EXPECT_FALSE(keeps(R"("obi" in toid)"));
  EXPECT_TRUE(keeps(R"("100000_bob" == toid)"));
  EXPECT_FALSE(keeps(R"("100000_bob" == toid)", "100000_bobby"));
  EXPECT_TRUE(keeps("True"));
  EXPECT_FALSE(keeps("False"));
}

TEST(FilterText, ComparisonsMeanWhatTheyMeanInPython) {
  EXPECT_TRUE(keeps("toid == '100000_bob'"));
  EXPECT_TRUE(keeps("toid != '100000_alice'"));
  EXPECT_FALSE(keeps("toid!='100000_bob'"));
  EXPECT_TRUE(keeps("toid in '100000_alice 100000_bob'"));
  EXPECT_TRUE(keeps("'' in toid"));
  EXPECT_TRUE(keeps("'a' == \"a\""));
  EXPECT_FALSE(keeps("'not in' == toid")) << "words within a text are the text's";
}

TEST(FilterText, NotBindsCloserThanAndAndThatCloserThanOr) {
  EXPECT_TRUE(keeps("True or False and False"));
  EXPECT_FALSE(keeps("(True or False) and False"));
  EXPECT_TRUE(keeps("not False and True"));
  EXPECT_FALSE(keeps("not (False or True)"));
  EXPECT_TRUE(keeps("not 'eve' in toid")) << "as Python reads it: not (... in ...)";
  EXPECT_TRUE(keeps("not not True"));
  EXPECT_TRUE(keeps("('bob' in toid and 'eve' not in toid) or False"));
}

TEST(FilterText, ARuleIsForItsNumberAlone) {
  const auto filter = parse_filter("\n 5145550100 True\n\n+15145550101 'bob' in toid\n5145550101 'eve' in toid\n");
  ASSERT_TRUE(filter) << filter.error().detail;
  const Number other = Number::parse("5145550101").value();
  EXPECT_TRUE(filter->keeps_from(kDid, "100000_zoe"));
  EXPECT_FALSE(filter->keeps_from(other, "100000_zoe"));
  EXPECT_TRUE(filter->keeps_from(other, "100000_bob")) << "of several rules for a number";
  EXPECT_TRUE(filter->keeps_from(other, "100000_eve")) << "one is enough";
  EXPECT_FALSE(filter->keeps_from(Number::parse("5145550199").value(), "100000_bob"));
}

TEST(FilterText, NoRulesKeepNothing) { EXPECT_EQ(parse_filter(" \n\t\n"), CopyFilter()); }

// Predecessor's defect 10: such lines were handed to eval().
TEST(FilterText, Defect10_NothingElseIsEverRun) {
  EXPECT_THAT(error("5145550100 __import__('os').system('true')"), HasSubstr("where toid or a text in quotes"));
  EXPECT_THAT(error("5145550100 toid.startswith('bob')"), HasSubstr("where toid or a text in quotes"));
  EXPECT_THAT(error("5145550100 (lambda: True)()"), HasSubstr("stands where"));
  EXPECT_THAT(error("5145550100 1 == 1"), HasSubstr("1 stands where toid or a text in quotes"));
}

TEST(FilterText, WhatIsWrongIsSaidWithItsLine) {
  EXPECT_THAT(error("5145550100 True\nbob True"), HasSubstr("in \"bob True\": it must begin with a phone number"));
  EXPECT_THAT(error("5145550100"), HasSubstr("the line ends where toid or a text in quotes is expected"));
  EXPECT_THAT(error("5145550100 'bob'"), HasSubstr("the line ends where in, not in, == or != is expected"));
  EXPECT_THAT(error("5145550100 'bob in toid"), HasSubstr("a text lacks its closing quote"));
  EXPECT_THAT(error("5145550100 'bob' not toid"), HasSubstr("toid stands where in is expected"));
  EXPECT_THAT(error("5145550100 'bo\\x62' in toid"), HasSubstr("no backslash"));
  EXPECT_THAT(error("5145550100 (True"), HasSubstr("the line ends where ) is expected"));
  EXPECT_THAT(error("5145550100 True False"), HasSubstr("False stands where and, or, or the end of the line"));
  EXPECT_THAT(error("5145550100 toid = 'bob'"), HasSubstr("= stands where"));
  EXPECT_THAT(error("5145550100 'a' in toid in 'b'"), HasSubstr("in stands where and, or"));
}

TEST(FilterText, DepthHasAnEnd) {
  EXPECT_TRUE(keeps(std::string(40, '(') + "True" + std::string(40, ')')));
  EXPECT_THAT(error("5145550100 " + std::string(100'000, '(')), HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace mmsgate::formats
