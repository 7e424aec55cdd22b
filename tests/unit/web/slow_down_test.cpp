// SPDX-License-Identifier: Apache-2.0
#include "web/slow_down.hpp"

#include <gtest/gtest.h>

#include <vector>

#include <fmt/format.h>

namespace mmsgate::web {
namespace {

using namespace std::chrono_literals;

class SlowDownTest : public testing::Test {
 protected:
  static formats::IpAddress at(const std::string& address) { return formats::IpAddress::parse(address).value(); }
  void wrong(const formats::IpAddress& client, const std::string& account, int times, const char* agent = "phone") {
    for (int i = 0; i < times; ++i) slow_down_.wrong({client, account, agent}, now_);
  }
  [[nodiscard]] long wait(const formats::IpAddress& client, const std::string& account,
                          const char* agent = "phone") const {
    return slow_down_.wait({client, account, agent}, now_).value_or(0s).count();
  }
  /// As one who calls himself by another name each time; answers how many of these were looked at.
  int guess(const std::string& account, int times) {
    int looked_at = 0;
    for (int i = 0; i < times; ++i) {
      const Device device(home_, account, fmt::format("another {}", ++names_));
      if (!slow_down_.may_prove(device, now_)) continue;
      ++looked_at;
      slow_down_.proved_nothing(device, now_);
    }
    return looked_at;
  }
  [[nodiscard]] bool may_prove(const std::string& account, const std::string& agent) const {
    return slow_down_.may_prove({home_, account, agent}, now_);
  }

  const formats::IpAddress home_ = at("192.0.2.1");
  const formats::IpAddress elsewhere_ = at("198.51.100.7");
  SlowDown::Clock::time_point now_{1h};
  SlowDown slow_down_;
  int names_ = 0;
};

TEST_F(SlowDownTest, ThreeAreFreeThenTheWaitDoubles) {
  std::vector<long> waits;
  for (int i = 0; i < 11; ++i) {
    wrong(home_, "bob", 1);
    waits.push_back(wait(home_, "bob"));
    now_ += std::chrono::seconds(waits.back());
    EXPECT_EQ(wait(home_, "bob"), 0) << "and then it may try";
  }
  EXPECT_EQ(waits, (std::vector<long>{0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60}));
}

TEST_F(SlowDownTest, AStrangerDoesNotLockOutAPhoneAtAnotherAddress) {
  for (int i = 0; i < 1000; ++i) wrong(at(fmt::format("203.0.{}.{}", i / 250, i % 250)), "bob", 20);
  EXPECT_EQ(wait(home_, "bob"), 0);
  wrong(home_, "bob", 1);
  EXPECT_EQ(wait(home_, "bob"), 0) << "a mistake is allowed";
  wrong(home_, "bob", 1);
  EXPECT_EQ(wait(home_, "bob"), 1) << "but fewer, while somebody tries it from everywhere";
}

TEST_F(SlowDownTest, WhoTriesManyAccountsWaitsToo) {
  for (int i = 0; i < 12; ++i) wrong(elsewhere_, fmt::format("account{}", i), 1);
  EXPECT_EQ(wait(elsewhere_, "never-tried"), 2);
  EXPECT_EQ(wait(home_, "never-tried"), 0);
}

TEST_F(SlowDownTest, APhoneThatLoggedInThereIsNotHeldUpByAnother) {
  slow_down_.right({home_, "alice", "phone"}, now_);
  wrong(home_, "bob", 20);
  EXPECT_GT(wait(home_, "carol"), 0);
  EXPECT_EQ(wait(home_, "alice"), 0);
  wrong(home_, "alice", 4);
  EXPECT_EQ(wait(home_, "alice"), 1) << "its own mistakes count";
}

// At a new start nobody has logged in yet: who guessed on at Bob's password kept the whole house out, as long as it
// liked.
TEST_F(SlowDownTest, AfterAStartWrongTriesOfOnePhoneDoNotLockOutTheOthersOfItsHouse) {
  wrong(home_, "bob", 50, "guesses");
  EXPECT_EQ(wait(home_, "alice"), 60);
  EXPECT_TRUE(may_prove("alice", "phone"));
  EXPECT_TRUE(may_prove("bob", "phone")) << "nor Bob himself";
  EXPECT_FALSE(may_prove("bob", "guesses"));
}

TEST_F(SlowDownTest, WhoGuessesAtAnAccountDoesNotLockOutItsPhoneAtTheSameAddress) {
  slow_down_.right({home_, "alice", "phone"}, now_);
  wrong(home_, "alice", 50, "guesses");
  EXPECT_EQ(wait(home_, "alice", "guesses"), 60);
  EXPECT_EQ(wait(home_, "alice"), 0);
}

TEST_F(SlowDownTest, NobodyGuessesByProofs) {
  EXPECT_EQ(guess("alice", 1000), 8) << "at once";
  int in_a_day = 8;
  for (int i = 0; i < 24 * 60; ++i) {
    now_ += 1min;
    in_a_day += guess("alice", 10);
  }
  EXPECT_EQ(in_a_day, 8 + 24 * 6);
}

// A guest used up the proofs of an account, and each phone that had not logged in since the start was kept out for a
// day.
TEST_F(SlowDownTest, WhatAGuestHasUsedUpIsThereAgainInMinutes) {
  EXPECT_EQ(guess("alice", 1000), 8);
  EXPECT_FALSE(may_prove("alice", "phone"));
  EXPECT_TRUE(may_prove("bob", "phone")) << "it is the account's alone";
  now_ += 9min;
  EXPECT_FALSE(may_prove("alice", "phone"));
  now_ += 1min;
  EXPECT_TRUE(may_prove("alice", "phone"));
}

// Regression: each picture of the family gave whoever guesses there eight tries more.
TEST_F(SlowDownTest, WhoeverKnowsItGivesNoneToThoseWhoDoNot) {
  EXPECT_EQ(guess("alice", 1000), 8);
  slow_down_.right({home_, "alice", "phone"}, now_);
  EXPECT_EQ(guess("alice", 1000), 0);
  EXPECT_TRUE(may_prove("bob", "tablet"));
}

TEST_F(SlowDownTest, AProofThatFailedIsTheOnlyOneOfItsDevice) {
  wrong(home_, "bob", 50);
  slow_down_.proved_nothing({home_, "alice", "phone"}, now_);
  EXPECT_FALSE(may_prove("alice", "phone"));
  EXPECT_TRUE(may_prove("alice", "tablet"));
}

TEST_F(SlowDownTest, LongNamesFillNoMemory) {
  const std::string longest(30'000, 'x');
  const Device device(home_, longest, longest);
  EXPECT_EQ(device.account.size(), 64U);
  EXPECT_EQ(device.agent.size(), 64U);
}

TEST_F(SlowDownTest, ARightOneMakesUpForWrongOnes) {
  wrong(home_, "bob", 4);
  now_ += 1s;
  slow_down_.right({home_, "bob", "phone"}, now_);
  wrong(home_, "bob", 3);
  EXPECT_EQ(wait(home_, "bob"), 0);
}

TEST_F(SlowDownTest, AfterAQuarterOfAnHourItIsForgotten) {
  wrong(home_, "bob", 50);
  now_ += 16min;
  wrong(home_, "bob", 3);
  EXPECT_EQ(wait(home_, "bob"), 0);
}

TEST_F(SlowDownTest, AHouseholdWithIpv6IsOneClient) {
  wrong(at("2001:db8::1"), "bob", 4);
  EXPECT_EQ(wait(at("2001:db8::2:3:4"), "bob"), 1);
  EXPECT_EQ(wait(at("2001:db8:0:1::1"), "bob"), 0);
}

TEST_F(SlowDownTest, MemoryHasAnEnd) {
  WrongTries<int> tries(100);
  for (int i = 0; i < 10'000; ++i) tries.add(i, now_);
  EXPECT_EQ(tries.remembered(), 100U);
  EXPECT_EQ(tries.count(9'999, now_), 1);
  EXPECT_EQ(tries.count(0, now_), 0);
}

}  // namespace
}  // namespace mmsgate::web
