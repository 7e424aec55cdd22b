// SPDX-License-Identifier: Apache-2.0
#include "sip/callers.hpp"

#include <gtest/gtest.h>

namespace mmsgate::sip {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const Callers::Clock::time_point kBegin = Callers::Clock::time_point() + hours(1000);

Callers::Networks networks(const char* text) { return *formats::parse_networks(text); }

Callers callers() {
  return {networks("127.0.0.0/8, 192.0.2.1"), [](auto) {}};
}

TEST(Callers, WhatWasLearntStaysGoodWhileNameServersDoNotAnswer) {
  Callers known = callers();
  for (int day = 0; day < 7; ++day) known.learn({}, kBegin + day * hours(24));
  EXPECT_TRUE(known.has("192.0.2.1", kBegin));
  EXPECT_TRUE(known.has("127.0.0.2", kBegin));
  EXPECT_FALSE(known.has("192.0.2.2", kBegin));
}

// A name with many addresses, of which each answer has another.
TEST(Callers, AnAddressThatIsNotInTheAnswerStaysGoodForADay) {
  Callers known = callers();
  known.learn(networks("127.0.0.0/8, 192.0.2.2"), kBegin);
  EXPECT_TRUE(known.has("192.0.2.1", kBegin));
  EXPECT_TRUE(known.has("192.0.2.2", kBegin));
  known.learn(networks("127.0.0.0/8, 192.0.2.1"), kBegin + hours(23));
  known.learn(networks("127.0.0.0/8, 192.0.2.2"), kBegin + hours(46));
  EXPECT_TRUE(known.has("192.0.2.1", kBegin + hours(46))) << "it was there a day ago";
  known.learn(networks("127.0.0.0/8, 192.0.2.2"), kBegin + hours(70) + minutes(1));
  EXPECT_FALSE(known.has("192.0.2.1", kBegin + hours(71)));
  EXPECT_TRUE(known.has("192.0.2.2", kBegin + hours(71)));
}

TEST(Callers, AnAddressThatWasGoodForLongIsNotTakenAwayByTheFirstOtherAnswer) {
  Callers known = callers();
  known.learn(networks("192.0.2.2"), kBegin + hours(24 * 365));
  EXPECT_TRUE(known.has("192.0.2.1", kBegin + hours(24 * 365)));
}

// Regression: it went at a look alone, and whoever is let in causes none.
TEST(Callers, AnAddressThatTheNameHasLostIsAStrangerADayLaterThoughNobodyLooks) {
  Callers known = callers();
  known.learn(networks("192.0.2.2"), kBegin);
  EXPECT_TRUE(known.has("192.0.2.1", kBegin + hours(24)));
  EXPECT_FALSE(known.has("192.0.2.1", kBegin + hours(24) + minutes(1)));
  EXPECT_TRUE(known.has("192.0.2.2", kBegin + hours(24) + minutes(1)));
}

}  // namespace
}  // namespace mmsgate::sip
