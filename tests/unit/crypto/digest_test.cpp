// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace mmsgate::crypto {
namespace {

// The examples of FIPS 180-4.
constexpr const char* kOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, OfATextIsAsTheStandardSays) {
  EXPECT_EQ(sha256(""), kOfNothing);
  EXPECT_EQ(sha256("abc"), kOfAbc);
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
  Sha256 hash;
  hash.add("a");
  hash.add("");
  hash.add("bc");
  EXPECT_EQ(hash.hex(), kOfAbc);
}

TEST(Digest, Md5IsThatOfTheSipLoginInRfc2617) {
  EXPECT_EQ(md5("Mufasa:testrealm@host.com:Circle Of Life"), "939e7578ed9e3c518a452acee763bce9");
}

TEST(Digest, HexGoesBothWays) {
  const std::string bytes("\x00\xff\x10z", 4);
  EXPECT_EQ(to_hex(bytes), "00ff107a");
  EXPECT_EQ(from_hex("00ff107a"), bytes);
  EXPECT_EQ(from_hex("00FF107A"), bytes);
  EXPECT_EQ(from_hex(""), "");
  for (const char* wrong : {"0", "0g", "g0", "0 ", "-1", "0x00"}) EXPECT_FALSE(from_hex(wrong)) << wrong;
}

}  // namespace
}  // namespace mmsgate::crypto
