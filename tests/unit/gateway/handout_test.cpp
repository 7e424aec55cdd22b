// SPDX-License-Identifier: Apache-2.0
#include "gateway/handout.hpp"

#include <gtest/gtest.h>

#include "crypto/secret.hpp"
#include "runtime/system.hpp"

namespace mmsgate::gateway {
namespace {

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
