// SPDX-License-Identifier: Apache-2.0
#include "core/hook.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

namespace mmsgate {
namespace {

/// Each draw is one bit that is set among zeros; the bit is the test's.
class OneBit final : public Random {
 public:
  OneBit(int draw, unsigned bit) : draw_(draw), bit_(bit) {}
  std::uint64_t next() override { return draw_-- == 0 ? std::uint64_t{1} << bit_ : 0; }

 private:
  int draw_;
  unsigned bit_;
};

TEST(HookToken, EachOf130BitsMakesAnotherToken) {
  std::set<std::string> tokens;
  for (int draw = 0; draw < 3; ++draw) {
    for (unsigned bit = 0; bit < 64; ++bit) {
      OneBit random(draw, bit);
      tokens.insert(make_hook_token(random));
    }
  }
  EXPECT_EQ(tokens.size(), 130U + 1U) << "and one where the bit was not asked for";
}

TEST(HookToken, EveryCharacterLooksLikeNothingElseAndNeedsNoEscape) {
  std::set<char> used;
  for (unsigned bit = 0; bit < 60; ++bit) {
    for (unsigned more = 0; more < 32; ++more) {
      class Fixed final : public Random {
       public:
        explicit Fixed(std::uint64_t value) : value_(value) {}
        std::uint64_t next() override { return value_; }

       private:
        std::uint64_t value_;
      } random(std::uint64_t{more} << (bit / 5 * 5));
      const std::string token = make_hook_token(random);
      EXPECT_EQ(token.size(), 26U);
      used.insert(token.begin(), token.end());
    }
  }
  EXPECT_EQ(std::string(used.begin(), used.end()), "0123456789abcdefghjkmnpqrstvwxyz");
}

}  // namespace
}  // namespace mmsgate
