// SPDX-License-Identifier: Apache-2.0
// The one writer: many commands share a commit, answers keep the order of the calls, one that fails harms no other.
#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

#include "kit.hpp"
#include "spy.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

/// Keeps the writer busy in an answer, so that what is called meanwhile waits together.
class Blocked {
 public:
  explicit Blocked(Store& store) {
    store.recover(kNow, kNow, [this](const Result<int>&) {
      begun_.count_down();
      released_.wait();
      ended_.count_down();
    });
    begun_.wait();
  }
  ~Blocked() { release(); }
  void release() {
    if (std::exchange(is_released_, true)) return;
    released_.count_down();
    ended_.wait();
  }

 private:
  std::latch begun_{1}, released_{1}, ended_{1};
  bool is_released_ = false;
};

class WriterOf : public StoreTest {
 protected:
  void SetUp() override { open_with(256); }
  void open_with(int most_per_commit) {
    store_.reset();
    auto opened = open_sqlite({.path = path(), .most_per_commit = most_per_commit}, runtime::Log::none());
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    store_ = std::move(*opened);
    client_ = std::make_unique<Client>(*store_);
  }
  /// Starts `count` accepts from `threads` threads and returns when all have been called; `answered` counts.
  void accept_from_many(int threads, int count, std::latch& answered) {
    std::vector<std::jthread> callers;
    for (int t = 0; t < threads; ++t) {
      callers.emplace_back([this, t, threads, count, &answered] {
        for (int i = t; i < count; i += threads) {
          store_->accept({text_from(kPeer, std::to_string(i))}, [&answered](const Result<Accepted>& accepted) {
            EXPECT_TRUE(accepted.has_value());
            answered.count_down();
          });
        }
      });
    }
  }
  Spy spy_;
};

TEST_F(WriterOf, CommandsThatWaitTogetherShareOneCommit) {
  constexpr int kCommands = 200;
  std::latch answered(kCommands);
  Blocked blocked(*store_);
  accept_from_many(64, kCommands, answered);
  spy_.forget();
  blocked.release();
  answered.wait();
  EXPECT_EQ(spy_.count("COMMIT"), 1);
  EXPECT_EQ(spy_.count("SAVEPOINT command"), 0);
  EXPECT_EQ(store_->counts()->messages, kCommands);
}

TEST_F(WriterOf, NoMoreThanAllowedShareACommit) {
  open_with(50);
  constexpr int kCommands = 200;
  std::latch answered(kCommands);
  Blocked blocked(*store_);
  accept_from_many(8, kCommands, answered);
  spy_.forget();
  blocked.release();
  answered.wait();
  EXPECT_EQ(spy_.count("COMMIT"), 4);
}

TEST_F(WriterOf, SixtyFourCallersAtOnceLoseNothing) {
  constexpr int kCommands = 1280;
  std::latch answered(kCommands);
  spy_.forget();
  accept_from_many(64, kCommands, answered);
  answered.wait();
  EXPECT_LT(spy_.count("COMMIT"), kCommands / 4);
  EXPECT_EQ(store_->counts()->messages, kCommands);
}

TEST_F(WriterOf, AnswersComeInTheOrderOfTheCallsAndOnOneThread) {
  constexpr int kCommands = 300;  // more than one commit takes
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  std::latch answered(kCommands);
  for (int i = 0; i < kCommands; ++i) {
    const auto note = [&, i] {
      order.push_back(i);
      threads.push_back(std::this_thread::get_id());
      answered.count_down();
    };
    if (i % 2 == 0) {
      store_->accept({text_from(kPeer, std::to_string(i))}, [note](const Result<Accepted>&) { note(); });
    } else {
      store_->claim(Target::carrier, 1, kNow, 0, [note](const Result<Claimed>&) { note(); });
    }
  }
  answered.wait();
  EXPECT_TRUE(std::ranges::is_sorted(order));
  EXPECT_EQ(std::ranges::count(threads, threads.front()), kCommands);
  EXPECT_NE(threads.front(), std::this_thread::get_id());
}

TEST_F(WriterOf, ACommandSeesWhatTheOneBeforeItDidThoughBothWait) {
  std::promise<std::size_t> claimed;
  Blocked blocked(*store_);
  store_->accept({text_from(kPeer, "1")}, [](const Result<Accepted>&) {});
  store_->claim(Target::phone, 10, kNow, 0,
                [&claimed](const Result<Claimed>& got) { claimed.set_value(got->jobs.size()); });
  blocked.release();
  EXPECT_EQ(claimed.get_future().get(), 1U);
}

TEST_F(WriterOf, OneThatFailsLeavesTheOthersOfItsCommitAlone) {
  Sql(path()).run(
      "CREATE TRIGGER poison BEFORE INSERT ON deliveries WHEN NEW.destination = 'poison' "
      "BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
  std::vector<Result<Accepted>> answers;
  std::latch answered(5);
  Blocked blocked(*store_);
  for (const char* account : {"a", "b", "poison", "c", "d"}) {
    store_->accept({text_from(kPeer, std::string("first ") + account), text_from(kPeer, account, {account})},
                   [&](Result<Accepted> accepted) {
                     answers.push_back(std::move(accepted));
                     answered.count_down();
                   });
  }
  spy_.forget();
  blocked.release();
  answered.wait();
  EXPECT_EQ(spy_.count("COMMIT"), 1);
  ASSERT_EQ(answers.size(), 5U);
  for (const std::size_t good : {0U, 1U, 3U, 4U}) EXPECT_TRUE(answers[good].has_value());
  ASSERT_FALSE(answers[2].has_value());
  EXPECT_EQ(answers[2].error().kind, ErrorKind::bug);
  EXPECT_NE(answers[2].error().detail.find("poisoned"), std::string::npos);
  EXPECT_EQ(store_->counts()->messages, 8);  // of the poisoned call neither message
  EXPECT_EQ(store_->writable(), true);       // its own fault, not the disk's
}

TEST_F(WriterOf, OneThatFailsAloneIsToldAndTheNextWorks) {
  Sql(path()).run(
      "CREATE TRIGGER poison BEFORE INSERT ON messages WHEN NEW.peer = 'poison' "
      "BEGIN SELECT RAISE(ABORT, 'poisoned'); END");
  EXPECT_FALSE(client_->accept({text_from("poison", "1")}).has_value());
  EXPECT_TRUE(client_->accept({text_from(kPeer, "2")}).has_value());
}

TEST_F(WriterOf, WhatIsCalledBeforeTheEndIsDoneAndAnswered) {
  constexpr int kCommands = 600;
  std::atomic<int> answered = 0;
  for (int i = 0; i < kCommands; ++i) {
    store_->accept({text_from(kPeer, std::to_string(i))}, [&answered](const Result<Accepted>& accepted) {
      if (accepted) ++answered;
    });
  }
  store_.reset();
  EXPECT_EQ(answered, kCommands);
  open_with(256);
  EXPECT_EQ(store_->counts()->messages, kCommands);
}

TEST_F(WriterOf, QueriesWaitForNoWriter) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  Sql other(path());
  other.run("BEGIN IMMEDIATE");  // the writer would wait for this
  EXPECT_EQ(store_->counts()->messages, 1);
  EXPECT_EQ(store_->list(10, false)->size(), 1U);
  other.run("ROLLBACK");
}

}  // namespace
}  // namespace mmsgate::store::kit
