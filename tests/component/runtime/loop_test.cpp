// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/waiting_queue.hpp"

namespace mmsgate::runtime {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing_support::WaitingQueue;

/// Keeps a loop busy until it is opened, so that what is posted meanwhile is one batch, in a known order.
class Gate {
 public:
  explicit Gate(Loop& loop) {
    loop.post([latches = latches_] {
      latches->shut.count_down();
      latches->open.wait();
    });
    latches_->shut.wait();
  }
  ~Gate() { open(); }
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  void open() {
    if (!std::exchange(opened_, true)) latches_->open.count_down();
  }

 private:
  struct Latches {
    std::latch shut{1};
    std::latch open{1};
  };
  std::shared_ptr<Latches> latches_ =
      std::make_shared<Latches>();  // the loop may still be leaving when the gate is gone
  bool opened_ = false;
};

TEST(Loop, RunsInTheOrderOfPosting) {
  WaitingQueue<int> seen;
  Loop loop("test");
  for (int i = 0; i < 1000; ++i) loop.post([&seen, i] { seen.push(i); });
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(seen.pop(), i);
}

TEST(Loop, WhatATaskPostsRunsBehindWhatWaits) {
  WaitingQueue<std::string> seen;
  Loop loop("test");
  {
    Gate gate(loop);
    loop.post([&] {
      loop.post([&] { seen.push("posted by the first"); });
      seen.push("first");
    });
    loop.post([&] { seen.push("second"); });
  }
  EXPECT_EQ(seen.pop(), "first");
  EXPECT_EQ(seen.pop(), "second");
  EXPECT_EQ(seen.pop(), "posted by the first");
}

TEST(Loop, KeepsTheOrderOfEachOfManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 5000;
  std::array<std::vector<int>, kThreads> seen;  // touched by the loop's thread only
  {
    Loop loop("test");
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) loop.post([&seen, t, i] { seen[t].push_back(i); });
      });
    }
    threads.clear();
    loop.stop();
  }
  for (const std::vector<int>& of_thread : seen) {
    ASSERT_EQ(of_thread.size(), static_cast<std::size_t>(kEach));
    EXPECT_TRUE(std::ranges::is_sorted(of_thread));
  }
}

TEST(Loop, TakesWhatCanOnlyBeMoved) {
  WaitingQueue<int> seen;
  Loop loop("test");
  loop.post([&seen, value = std::make_unique<int>(7)] { seen.push(*value); });
  EXPECT_EQ(seen.pop(), 7);
}

TEST(Loop, RunsEverythingOnItsOwnThread) {
  WaitingQueue<bool> seen;
  Loop loop("test");
  EXPECT_FALSE(loop.on_thread());
  loop.post([&] { seen.push(loop.on_thread()); });
  loop.post_after(0ms, [&] { seen.push(loop.on_thread()); });
  EXPECT_EQ(seen.pop(), true);
  EXPECT_EQ(seen.pop(), true);
}

TEST(Loop, IsOnNoOtherLoopsThread) {
  WaitingQueue<bool> seen;
  Loop one("one");
  Loop two("two");
  one.post([&] { seen.push(two.on_thread()); });
  EXPECT_EQ(seen.pop(), false);
}

TEST(Loop, ShowsItsNameCutToWhatTheKernelTakes) {
  WaitingQueue<std::string> seen;
  Loop loop("a name that is too long");
  loop.post([&] {
    std::array<char, 32> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    seen.push(name.data());
  });
  EXPECT_EQ(seen.pop(), "a name that is ");
}

TEST(LoopTimers, RunInTheOrderOfTheirTimes) {
  WaitingQueue<int> seen;
  Loop loop("test");
  {
    const Gate gate(loop);  // all are set before the first can run
    loop.post_after(30ms, [&] { seen.push(30); });
    loop.post_after(10ms, [&] { seen.push(10); });
    loop.post_after(20ms, [&] { seen.push(20); });
  }
  EXPECT_EQ(seen.pop(), 10);
  EXPECT_EQ(seen.pop(), 20);
  EXPECT_EQ(seen.pop(), 30);
}

TEST(LoopTimers, NeverRunEarly) {
  WaitingQueue<Loop::Steady::time_point> seen;
  Loop loop("test");
  const auto begun = Loop::Steady::now();
  loop.post_after(50ms, [&] { seen.push(Loop::Steady::now()); });
  const auto ran = seen.pop();
  ASSERT_TRUE(ran);
  EXPECT_GE(*ran - begun, 50ms);
}

TEST(LoopTimers, ANearerOneWakesALoopThatSleepsForAFartherOne) {
  WaitingQueue<std::string> seen;
  Loop loop("test");
  loop.post_after(1h, [&] { seen.push("far"); });
  loop.post([&] { seen.push("sleeps now"); });
  ASSERT_EQ(seen.pop(), "sleeps now");
  loop.post_after(1ms, [&] { seen.push("near"); });
  EXPECT_EQ(seen.pop(), "near");
}

TEST(LoopTimers, ATaskWakesALoopThatSleepsForATimer) {
  WaitingQueue<std::string> seen;
  Loop loop("test");
  loop.post_after(1h, [&] { seen.push("far"); });
  loop.post([&] { seen.push("task"); });
  EXPECT_EQ(seen.pop(), "task");
}

TEST(LoopTimers, RunOnce) {
  WaitingQueue<int> seen;
  Loop loop("test");
  loop.post_after(1ms, [&] { seen.push(1); });
  loop.post_after(20ms, [&] { seen.push(2); });
  EXPECT_EQ(seen.pop(), 1);
  EXPECT_EQ(seen.pop(), 2);
  EXPECT_EQ(seen.size(), 0U);
}

TEST(LoopTimers, MayBeSetByTimers) {
  WaitingQueue<int> seen;
  Loop loop("test");
  loop.post_after(1ms, [&] { loop.post_after(1ms, [&] { seen.push(2); }); });
  EXPECT_EQ(seen.pop(), 2);
}

TEST(LoopStop, RunsWhatWasPostedBefore) {
  int ran = 0;
  Loop loop("test");
  Gate gate(loop);
  for (int i = 0; i < 100; ++i) loop.post([&ran] { ++ran; });
  gate.open();
  loop.stop();
  EXPECT_EQ(ran, 100);
}

TEST(LoopStop, DropsWhatIsPostedLater) {
  bool ran = false;
  auto held = std::make_shared<int>(1);
  Loop loop("test");
  loop.stop();
  loop.post([&ran, held] { ran = true; });
  loop.post_after(0ms, [&ran, held] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_EQ(held.use_count(), 1) << "what was dropped is still kept";
}

TEST(LoopStop, DropsTimersThatAreStillToCome) {
  bool ran = false;
  {
    Loop loop("test");
    loop.post_after(1h, [&ran] { ran = true; });
    loop.stop();
  }
  EXPECT_FALSE(ran);
}

TEST(LoopStop, DropsATimerThatIsDueAsItStops) {
  bool ran = false;
  {
    Loop loop("test");
    Gate gate(loop);
    loop.post_after(0ms, [&ran] { ran = true; });
    std::jthread stopper([&loop] { loop.stop(); });
    // The loop is held at the gate until stop() has been heard: then post() drops what it gets.
    const auto limit = Loop::Steady::now() + 10s;
    auto probe = std::make_shared<int>(0);
    while (Loop::Steady::now() < limit) {
      loop.post([probe] {});
      if (probe.use_count() == 1) break;
      probe = std::make_shared<int>(0);
    }
    gate.open();
  }
  EXPECT_FALSE(ran);
}

TEST(LoopStop, WhatTheLastTasksPostIsDropped) {
  bool ran = false;
  Loop loop("test");
  WaitingQueue<int> stopping;
  loop.post([&] {
    // stop() waits for this very task; it has been heard when post() drops what it gets.
    stopping.push(1);
    const auto limit = Loop::Steady::now() + 10s;
    auto probe = std::make_shared<int>(0);
    do {
      probe = std::make_shared<int>(0);
      loop.post([probe] {});
    } while (probe.use_count() > 1 && Loop::Steady::now() < limit);
    loop.post([&ran] { ran = true; });
  });
  ASSERT_EQ(stopping.pop(), 1);
  loop.stop();
  EXPECT_FALSE(ran);
}

TEST(LoopStop, MayBeCalledTwiceAndByTheDestructor) {
  Loop loop("test");
  loop.stop();
  loop.stop();
  EXPECT_FALSE(loop.on_thread());
}

TEST(LoopStop, DestroysWhatItNeverRan) {
  auto held = std::make_shared<int>(1);
  {
    Loop loop("test");
    loop.post_after(1h, [held] {});
    EXPECT_EQ(held.use_count(), 2);
  }
  EXPECT_EQ(held.use_count(), 1);
}

TEST(LoopStop, WhileManyThreadsPostLosesNothingThatItTook) {
  constexpr int kThreads = 4;
  std::array<int, kThreads> ran{};  // by the loop's thread; read when it has ended
  std::latch begun(kThreads);
  Loop loop("test");
  std::vector<std::jthread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      loop.post([&ran, t] { ++ran[t]; });
      begun.count_down();
      for (int i = 0; i < 1000; ++i) loop.post([&ran, t] { ++ran[t]; });
    });
  }
  begun.wait();
  loop.stop();
  threads.clear();
  for (const int count : ran) EXPECT_GE(count, 1);
}

}  // namespace
}  // namespace mmsgate::runtime
