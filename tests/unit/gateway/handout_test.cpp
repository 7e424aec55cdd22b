// SPDX-License-Identifier: Apache-2.0
#include "gateway/handout.hpp"

#include <gtest/gtest.h>

#include "crypto/secret.hpp"
#include "runtime/system.hpp"

namespace mmsgate::gateway {
namespace {

TEST(Handout, WhatCannotBeANameIsSeen) {
  runtime::SystemRandom random;
  const std::string token = crypto::make_secret(random);
  EXPECT_TRUE(could_be_handed_out(token));
  EXPECT_TRUE(could_be_handed_out(contacts_name(token)));
  for (const std::string& other :
       {std::string(), std::string(".vcf"), token.substr(1), token + "x", token + "/", token + ".vcf.vcf"}) {
    EXPECT_FALSE(could_be_handed_out(other)) << other;
  }
}

TEST(Handout, OnlyItsNameOpensIt) {
  runtime::SystemRandom random;
  const std::string token = crypto::make_secret(random);
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
