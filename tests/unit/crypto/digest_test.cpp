// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.hpp"

#include <gtest/gtest.h>

namespace mmsgate::crypto {
namespace {

TEST(Digest, Sha256IsThatOfFips180) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, Md5IsThatOfTheSipLoginInRfc2617) {
  EXPECT_EQ(md5_hex("Mufasa:testrealm@host.com:Circle Of Life"), "939e7578ed9e3c518a452acee763bce9");
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
