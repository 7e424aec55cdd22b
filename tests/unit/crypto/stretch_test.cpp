// SPDX-License-Identifier: Apache-2.0
#include "crypto/stretch.hpp"

#include <gtest/gtest.h>

#include "crypto/digest.hpp"

namespace mmsgate::crypto {
namespace {

// As another program makes it: hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 300000).hex()
TEST(Stretch, IsPbkdf2WithSha256) {
  EXPECT_EQ(to_hex(stretch("password", "salt").value()),
            "ff58f8b85a4d13cce484a3543af2e6298734cf9bd6ed648d6f98d50b94db35c3");
}

TEST(Stretch, AnotherPasswordOrSaltIsAnotherSecret) {
  const std::string secret = stretch("password", "salt").value();
  EXPECT_NE(stretch("passwore", "salt").value(), secret);
  EXPECT_NE(stretch("password", "sale").value(), secret);
  EXPECT_EQ(stretch("password", "salt").value(), secret);
}

}  // namespace
}  // namespace mmsgate::crypto
