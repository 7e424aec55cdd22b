// SPDX-License-Identifier: Apache-2.0
#include "crypto/mac.hpp"

#include <gtest/gtest.h>

#include "crypto/digest.hpp"

namespace mmsgate::crypto {
namespace {

// RFC 4231 4.2, 4.3 and 4.7 (a key longer than a block).
TEST(Mac, IsThatOfTheStandard) {
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Mac, NothingIsATextToo) { EXPECT_EQ(hmac_sha256("", "").size(), 32U); }

}  // namespace
}  // namespace mmsgate::crypto
