// SPDX-License-Identifier: Apache-2.0
#include "core/directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate {
namespace {

Number number(std::string_view text) { return Number::parse(text).value(); }

Directory household() {
  return Directory({{AccountId{"100000"}, std::nullopt, ""},
                    {AccountId{"100000_hall"}, number("5145550101"), "101"},
                    {AccountId{"100000_desk"}, number("5145550101"), "102"},
                    {AccountId{"100000_shop"}, number("5145550102"), ""}});
}

std::vector<std::string> names(const std::vector<const SubAccount*>& accounts) {
  std::vector<std::string> found;
  for (const SubAccount* account : accounts) found.push_back(account->id.value);
  return found;
}

TEST(Directory, ANumberRingsEveryAccountThatHasIt) {
  const Directory directory = household();
  EXPECT_THAT(names(directory.with_caller_id(number("5145550101"))),
              testing::ElementsAre("100000_hall", "100000_desk"));
  EXPECT_THAT(names(directory.with_caller_id(number("+1 514 555 0102"))), testing::ElementsAre("100000_shop"));
}

TEST(Directory, ANumberOfNobodyRingsNobody) {
  EXPECT_TRUE(household().with_caller_id(number("5145550199")).empty());
  EXPECT_TRUE(Directory().with_caller_id(number("5145550101")).empty());
}

TEST(Directory, AnAccountIsFoundByItsWholeNameOnly) {
  const Directory directory = household();
  ASSERT_NE(directory.find("100000_hall"), nullptr);
  EXPECT_EQ(directory.find("100000_hall")->extension, "101");
  ASSERT_NE(directory.find("100000"), nullptr);
  EXPECT_EQ(directory.find("100000")->caller_id, std::nullopt);
  EXPECT_EQ(directory.find("100000_HALL"), nullptr);
  EXPECT_EQ(directory.find("100000_hal"), nullptr);
  EXPECT_EQ(directory.find(""), nullptr);
}

TEST(Directory, AnExtensionIsFoundAsDialled) {
  const Directory directory = household();
  ASSERT_NE(directory.with_extension("102"), nullptr);
  EXPECT_EQ(directory.with_extension("102")->id.value, "100000_desk");
  EXPECT_EQ(directory.with_extension("2"), nullptr);
  EXPECT_EQ(directory.with_extension("103"), nullptr);
}

TEST(Directory, AccountsWithoutAnExtensionAreNotDialledByNothing) {
  EXPECT_EQ(household().with_extension(""), nullptr);
}

TEST(Extension, IsThePrefixAndOneToTenDigits) {
  EXPECT_TRUE(looks_like_extension("101"));
  EXPECT_TRUE(looks_like_extension("10" + std::string(10, '7')));
  EXPECT_FALSE(looks_like_extension(""));
  EXPECT_FALSE(looks_like_extension("1"));
  EXPECT_FALSE(looks_like_extension("10"));
  EXPECT_FALSE(looks_like_extension("10" + std::string(11, '7')));
  EXPECT_FALSE(looks_like_extension("111"));
  EXPECT_FALSE(looks_like_extension("10a"));
  EXPECT_FALSE(looks_like_extension("10 1"));
  EXPECT_FALSE(looks_like_extension("+101"));
}

TEST(Extension, NeverLooksLikeANumberInTheFormsOfNorthAmerica) {
  for (const std::string_view written : {"5145550123", "15145550123", "+15145550123"}) {
    EXPECT_FALSE(looks_like_extension(written)) << written;
  }
}

TEST(Directory, AdvisesWhatNobodyWouldGet) {
  const std::vector<SubAccount> accounts = household().accounts();
  EXPECT_THAT(Directory(accounts).advice(), testing::IsEmpty()) << "numbers that were never read say nothing";
  const Directory well(accounts, {{number("5145550101")}, {number("5145550102")}});
  EXPECT_THAT(well.advice(), testing::IsEmpty());
  const Directory ill(accounts, {{number("5145550101"), false}, {number("5145550103")}});
  EXPECT_THAT(ill.advice(),
              testing::ElementsAre("5145550101: SMS and MMS are switched off for this number",
                                   "5145550103: no sub account has this number as its Caller ID number, so nobody gets "
                                   "its messages",
                                   "100000_shop: its Caller ID number 5145550102 is none of this account's numbers"));
}

TEST(Directory, ANumberOfTheAccountIsFound) {
  const Directory directory({}, {{number("5145550101"), false}});
  ASSERT_NE(directory.find_did(number("+15145550101")), nullptr);
  EXPECT_FALSE(directory.find_did(number("5145550101"))->messages_on);
  EXPECT_EQ(directory.find_did(number("5145550102")), nullptr);
}

}  // namespace
}  // namespace mmsgate
