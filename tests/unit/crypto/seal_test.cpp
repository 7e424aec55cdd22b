// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal.hpp"

#include <gtest/gtest.h>

#include "crypto/digest.hpp"
#include "support/fake_random.hpp"

namespace mmsgate::crypto {
namespace {

class Seal : public testing::Test {
 protected:
  [[nodiscard]] std::string sealed(std::string_view plain) {
    const auto done = seal("a secret of many bits", "test", plain, random_);
    EXPECT_TRUE(done);
    return done.value_or("");
  }
  testing_support::CountingRandom random_;
};

TEST_F(Seal, OpensWithTheSecretAndTheLabelOnly) {
  const std::string text = sealed("<xml>passwords</xml>");
  EXPECT_EQ(unseal("a secret of many bits", "test", text), "<xml>passwords</xml>");
  EXPECT_EQ(unseal("a secret of many bitS", "test", text).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(unseal("a secret of many bits", "tess", text).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(unseal("", "test", text).error().kind, ErrorKind::corrupt);
}

TEST_F(Seal, HoldsAnyBytesAndNone) {
  for (const std::string& plain : {std::string(), std::string("\0\xff", 2), std::string(100'000, 'x')}) {
    EXPECT_EQ(unseal("a secret of many bits", "test", sealed(plain)), plain);
  }
}

TEST_F(Seal, ShowsNothingOfWhatIsInItAndIsNeverTheSame) {
  const std::string plain(64, 'x');
  const std::string first = sealed(plain);
  EXPECT_NE(first, sealed(plain));
  EXPECT_EQ(first.find(to_hex("xxxx")), std::string::npos);
}

TEST_F(Seal, IsRefusedWhenAnythingOfItIsChangedOrMissing) {
  const std::string whole = sealed("12345678");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = changed[i] == '0' ? '1' : '0';
    EXPECT_FALSE(unseal("a secret of many bits", "test", changed)) << i;
    EXPECT_FALSE(unseal("a secret of many bits", "test", whole.substr(0, i))) << i;
  }
  EXPECT_FALSE(unseal("a secret of many bits", "test", "no hex at all"));
}

// The key by RFC 5869 and the cipher by SP 800-38D, worked out by another program (Python's cryptography).
TEST_F(Seal, IsHkdfAndAesGcmAsOthersHaveThem) {
  const std::string by_others =
      "000102030405060708090a0b249416ceccdc7953f6016626cd75974f157c9160b864c7e01c1e2d7139cf073925";
  EXPECT_EQ(unseal("a secret of many bits", "test", by_others), "written elsewhere");
}

}  // namespace
}  // namespace mmsgate::crypto
