// SPDX-License-Identifier: Apache-2.0
#include "crypto/secret.hpp"

#include <gtest/gtest.h>

#include <set>

#include "crypto/same.hpp"

namespace mmsgate::crypto {
namespace {

/// All bits, or none.
class SameRandom final : public Random {
 public:
  explicit SameRandom(std::uint64_t value) : value_(value) {}
  [[nodiscard]] std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

/// Each draw is zeros; one bit of one draw is set.
class OneBit final : public Random {
 public:
  OneBit(int draw, unsigned bit) : draw_(draw), bit_(bit) {}
  [[nodiscard]] std::uint64_t next() override { return draw_-- == 0 ? std::uint64_t{1} << bit_ : 0; }

 private:
  int draw_;
  unsigned bit_;
};

/// A bit more each time, from the lowest to the highest.
class WalkingRandom final : public Random {
 public:
  [[nodiscard]] std::uint64_t next() override { return std::uint64_t{1} << (steps_++ % 64); }

 private:
  unsigned steps_ = 0;
};

TEST(Secret, HasThirtySixCharactersOfFiveBits) {
  SameRandom none(0);
  EXPECT_EQ(make_secret(none), std::string(36, '0'));
  SameRandom all(~std::uint64_t{0});
  EXPECT_EQ(make_secret(all), std::string(36, 'z'));
}

TEST(Secret, EachOf180BitsMakesAnother) {
  std::set<std::string> secrets;
  for (int draw = 0; draw < 4; ++draw) {
    for (unsigned bit = 0; bit < 64; ++bit) {
      OneBit random(draw, bit);
      secrets.insert(make_secret(random));
    }
  }
  EXPECT_EQ(secrets.size(), 180U + 1U) << "and one where the bit was not asked for";
}

TEST(Secret, LooksLikeOne) {
  WalkingRandom random;
  for (int i = 0; i < 64; ++i) EXPECT_TRUE(looks_like_secret(make_secret(random)));
  for (const char* other : {"", "0", "0000000000000000000000000000000000000", "00000000000000000000000000000000000O",
                            "00000000000000000000000000000000000l", "00000000000000000000000000000000000 ",
                            "00000000000000000000000000000000000/"}) {
    EXPECT_FALSE(looks_like_secret(other)) << other;
  }
}

TEST(Same, IsWhatHasTheSameBytes) {
  EXPECT_TRUE(same("", ""));
  EXPECT_TRUE(same("abc", "abc"));
  EXPECT_FALSE(same("abc", "abd"));
  EXPECT_FALSE(same("xbc", "abc"));
  EXPECT_FALSE(same("abc", "ab"));
  EXPECT_FALSE(same("", "a"));
  EXPECT_FALSE(same(std::string_view("a\0b", 3), std::string_view("a\0c", 3))) << "a NUL ends nothing";
}

}  // namespace
}  // namespace mmsgate::crypto
