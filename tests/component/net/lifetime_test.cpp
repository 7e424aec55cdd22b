// SPDX-License-Identifier: Apache-2.0
// Many requests at once, from many threads, and an end in the middle of them.
#include "http_fixture.hpp"

namespace mmsgate::net {
namespace {

class LifetimeTest : public HttpTest {};

TEST_F(LifetimeTest, ManyThreadsAskAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kEach = 50;
  const RawServer server([](const RawMessage& request) {
    return RawReply{answer(200, request.start.substr(4, request.start.rfind(' ') - 4)), Then::next};
  });
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) start(to(server.url(fmt::format("/{}/{}", thread, i))));
      });
    }
  }
  std::map<std::string, int> bodies;
  for (int i = 0; i < kThreads * kEach; ++i) {
    const auto got = next();
    ASSERT_TRUE(got) << got.error().detail;
    ++bodies[got->body];
  }
  EXPECT_EQ(bodies.size(), std::size_t{kThreads * kEach});
}

TEST_F(LifetimeTest, WhatIsUnderWayAtTheEndIsCutOff) {
  testing_support::WaitingQueue<bool> asked;
  const RawServer server([&](const RawMessage&) {
    asked.push(true);
    return RawReply{"", Then::hold};
  });
  start(to(server.url(fmt::format("/?{}", kSecret))));
  ASSERT_TRUE(asked.pop());
  client_.reset();
  ASSERT_EQ(results_.size(), 1U);  // before the destructor is over
  const auto result = next();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::transient);
  EXPECT_NE(result.error().detail.find("stopping"), std::string::npos) << result.error().detail;
}

// The store was taken down after the client, and what it had written down last asked VoIP.ms for more: a crash or a
// hang at one stop in some hundreds.
TEST_F(LifetimeTest, WhatIsAskedAfterTheStopIsDropped) {
  testing_support::WaitingQueue<bool> asked;
  const RawServer server([&](const RawMessage&) {
    asked.push(true);
    return RawReply{"", Then::hold};
  });
  start(to(server.url("/before")));
  ASSERT_TRUE(asked.pop());
  client_->stop();
  EXPECT_EQ(results_.size(), 1U);
  bool was_run = false;
  start(to(server.url("/after")));
  client_->post([&] { was_run = true; });
  client_->stop();
  client_.reset();
  EXPECT_EQ(results_.size(), 1U);
  EXPECT_FALSE(was_run);
}

TEST_F(LifetimeTest, WhatHasNotBegunAtTheEndIsAnsweredToo) {
  const RawServer server([](const RawMessage&) { return RawReply{"", Then::hold}; });
  for (int i = 0; i < 20; ++i) start(to(server.url("/")));
  client_.reset();
  EXPECT_EQ(results_.size(), 20U);
}

TEST_F(LifetimeTest, AnAnswerMayAskForMore) {
  const RawServer server([](const RawMessage& request) { return RawReply{answer(200, request.start)}; });
  client_->start(to(server.url("/first")), [&](const Result<HttpResponse>& first) {
    EXPECT_TRUE(first);
    start(to(server.url("/second")));
  });
  const auto got = next();
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "GET /second HTTP/1.1");
}

TEST_F(LifetimeTest, WhoAsksAgainAtTheEndIsNotHeard) {
  const RawServer server([](const RawMessage&) { return RawReply{"", Then::hold}; });
  client_->start(to(server.url("/")), [&, client = client_.get()](const Result<HttpResponse>& result) {
    EXPECT_FALSE(result);
    client->start(to(server.url("/again")), [this](Result<HttpResponse> again) { results_.push(std::move(again)); });
  });
  client_.reset();
  EXPECT_EQ(results_.size(), 0U);
}

TEST_F(LifetimeTest, NothingToDoIsNoTrouble) { client_.reset(); }

}  // namespace
}  // namespace mmsgate::net
