// SPDX-License-Identifier: Apache-2.0
#include "runtime/mailbox.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <thread>
#include <vector>

namespace mmsgate::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool readable(const Mailbox& mailbox, int limit_ms = 0) {
  pollfd wanted{.fd = mailbox.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, limit_ms) == 1;
}

TEST(Mailbox, IsReadableWhileSomethingIsPosted) {
  Mailbox mailbox;
  EXPECT_FALSE(readable(mailbox));
  mailbox.post([] {});
  mailbox.post([] {});
  EXPECT_TRUE(readable(mailbox));
  mailbox.run();
  EXPECT_FALSE(readable(mailbox));
}

TEST(Mailbox, RunsInTheOrderOfPosting) {
  Mailbox mailbox;
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i) mailbox.post([&ran, i] { ran.push_back(i); });
  mailbox.run();
  EXPECT_THAT(ran, ElementsAre(0, 1, 2));
  mailbox.run();
  EXPECT_EQ(ran.size(), 3U) << "a task ran twice";
}

TEST(Mailbox, WhatATaskPostsWaitsForTheNextRun) {
  Mailbox mailbox;
  std::vector<int> ran;
  mailbox.post([&] {
    ran.push_back(1);
    mailbox.post([&] { ran.push_back(2); });
  });
  mailbox.run();
  EXPECT_THAT(ran, ElementsAre(1));
  EXPECT_TRUE(readable(mailbox));
  mailbox.run();
  EXPECT_THAT(ran, ElementsAre(1, 2));
}

TEST(Mailbox, WakesAThreadThatPolls) {
  Mailbox mailbox;
  bool ran = false;
  const std::jthread other([&] { mailbox.post([&] { ran = true; }); });
  ASSERT_TRUE(readable(mailbox, 10'000));
  mailbox.run();
  EXPECT_TRUE(ran);
}

TEST(Mailbox, LosesNothingOfManyThreads) {
  Mailbox mailbox;
  int ran = 0;  // touched here only
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5000; ++i) mailbox.post([&ran] { ++ran; });
      });
    }
    while (ran < 4 * 5000 && readable(mailbox, 10'000)) mailbox.run();
  }
  EXPECT_EQ(ran, 4 * 5000);
}

TEST(Mailbox, ClosedDropsWhatWaitsAndWhatComes) {
  Mailbox mailbox;
  const auto held = std::make_shared<int>(1);
  std::vector<int> ran;
  mailbox.post([&ran, held] { ran.push_back(1); });
  mailbox.close();
  mailbox.post([&ran, held] { ran.push_back(2); });
  EXPECT_EQ(held.use_count(), 1) << "what was dropped is still kept";
  mailbox.run();
  EXPECT_THAT(ran, IsEmpty());
}

// A task may own what answers through this very mailbox when it is dropped: that must not wait for the lock it holds.
TEST(Mailbox, WhatIsDroppedMayPost) {
  Mailbox mailbox;
  bool dropped = false;
  const auto answer = [&](int* value) {
    mailbox.post([] {});
    dropped = true;
    delete value;
  };
  mailbox.post([owned = std::unique_ptr<int, decltype(answer)>(new int(1), answer)] {});
  mailbox.close();
  EXPECT_TRUE(dropped);
}

}  // namespace
}  // namespace mmsgate::runtime
