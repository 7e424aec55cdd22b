// SPDX-License-Identifier: Apache-2.0
#include "gateway/handout.hpp"

#include <gtest/gtest.h>

#include <set>

#include "runtime/system.hpp"

namespace mmsgate::gateway {
namespace {

TEST(Handout, ATokenHas160BitsInLettersThatAnybodyCanType) {
  runtime::SystemRandom random;
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const std::string token = make_token(random);
    EXPECT_EQ(token.size(), 32U);
    EXPECT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567"), std::string::npos) << token;
    letters.insert(token.begin(), token.end());
    EXPECT_TRUE(seen.insert(token).second);
  }
  EXPECT_EQ(letters.size(), 32U);
}

TEST(Handout, OnlyItsNameOpensIt) {
  runtime::SystemRandom random;
  const std::string token = make_token(random);
  const auto packed = pack({.accounts = "100000_alice"}, token, "<config/>", random);
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->id, handout_id(token));
  EXPECT_EQ(packed->accounts, "100000_alice");
  EXPECT_EQ(packed->sealed.find("config"), std::string::npos);
  EXPECT_EQ(packed->id.find(token), std::string::npos);
  EXPECT_EQ(unpack(*packed, token), "<config/>");
  EXPECT_FALSE(unpack(*packed, contacts_name(token)));
  EXPECT_FALSE(unpack(*packed, packed->id));
}

}  // namespace
}  // namespace mmsgate::gateway
