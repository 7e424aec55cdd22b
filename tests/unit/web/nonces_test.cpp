// SPDX-License-Identifier: Apache-2.0
#include "web/nonces.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mmsgate::web {
namespace {

using namespace std::chrono_literals;

class NoncesTest : public testing::Test {
 protected:
  Nonces::Clock::time_point now_{1h};
  Nonces nonces_{"secret", 300s, 4};
};

TEST_F(NoncesTest, EachCountIsGoodOnce) {
  const std::string nonce = nonces_.make(now_);
  EXPECT_TRUE(nonces_.use(nonce, 1, now_));
  EXPECT_FALSE(nonces_.use(nonce, 1, now_)) << "replayed";
  EXPECT_TRUE(nonces_.use(nonce, 3, now_));
  EXPECT_FALSE(nonces_.use(nonce, 2, now_)) << "an older one, out of order";
  EXPECT_FALSE(nonces_.use(nonces_.make(now_), 0, now_)) << "it counts from one";
}

TEST_F(NoncesTest, ItIsGoodForFiveMinutes) {
  const std::string one = nonces_.make(now_);
  const std::string other = nonces_.make(now_);
  now_ += 299s;
  EXPECT_TRUE(nonces_.use(one, 1, now_));
  now_ += 1s;
  EXPECT_FALSE(nonces_.use(one, 2, now_));
  EXPECT_FALSE(nonces_.use(other, 1, now_));
}

TEST_F(NoncesTest, NobodyElseCanMakeOne) {
  const std::string ours = nonces_.make(now_);
  EXPECT_FALSE(nonces_.use(Nonces("another", 300s).make(now_), 1, now_));
  EXPECT_FALSE(nonces_.use("", 1, now_));
  EXPECT_FALSE(nonces_.use(std::string(64, '0'), 1, now_));
  for (std::size_t at = 0; at < ours.size(); ++at) {
    std::string changed = ours;
    changed[at] = changed[at] == '0' ? '1' : '0';
    EXPECT_FALSE(nonces_.use(changed, 1, now_)) << at;
  }
  EXPECT_TRUE(nonces_.use(ours, 1, now_));
}

TEST_F(NoncesTest, WhoOnlyAsksFillsNoMemory) {
  std::string last;
  for (int i = 0; i < 10'000; ++i) last = nonces_.make(now_);
  EXPECT_EQ(nonces_.remembered(), 0U);
  EXPECT_TRUE(nonces_.use(last, 1, now_));
  EXPECT_EQ(nonces_.remembered(), 1U);
}

TEST_F(NoncesTest, WhatHasExpiredIsForgotten) {
  EXPECT_TRUE(nonces_.use(nonces_.make(now_), 1, now_));
  now_ += 301s;
  EXPECT_TRUE(nonces_.use(nonces_.make(now_), 1, now_));
  EXPECT_EQ(nonces_.remembered(), 1U);
}

// What was forgotten could be replayed, did it not end with that.
TEST_F(NoncesTest, OfTooManyInUseTheOldestEnds) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) {
    made.push_back(nonces_.make(now_));
    now_ += 1s;
  }
  for (const std::string& each : made) EXPECT_TRUE(nonces_.use(each, 1, now_));
  EXPECT_EQ(nonces_.remembered(), 4U);
  EXPECT_FALSE(nonces_.use(made[0], 1, now_)) << "nor again";
  EXPECT_FALSE(nonces_.use(made[0], 2, now_));
  for (std::size_t i = 1; i < made.size(); ++i) EXPECT_TRUE(nonces_.use(made[i], 2, now_)) << i;
}

}  // namespace
}  // namespace mmsgate::web
