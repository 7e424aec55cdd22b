// SPDX-License-Identifier: Apache-2.0
// Whoever opens connections and asks for nothing keeps nobody out.
#include <future>

#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using testing_support::eventually;
using testing_support::RawClient;

class IdleCrowdTest : public ServerTest {
 protected:
  IdleCrowdTest() { options_.hook_path = "/hook"; }

  /// From 127.0.0.`from`.
  [[nodiscard]] RawClient connect_from(int from) const {
    return RawClient(server_->port(), fmt::format("127.0.0.{}", from));
  }
  /// `count` from each of `addresses`, which send `bytes` and then nothing.
  void crowd(int addresses, int count, std::string_view bytes) {
    for (int n = 0; n < count; ++n) {
      for (int from = 2; from < 2 + addresses; ++from) {
        crowd_.push_back(connect_from(from));
        crowd_.back().send(bytes);
      }
    }
  }
  /// As VoIP.ms does.
  void expect_the_web_hook_works(RawClient client) {
    client.send(post("/hook", "text/plain", "x"));
    auto hook = site_.hooks.pop();
    ASSERT_TRUE(hook);
    hook->reply.answer({.body = "ok"});
    EXPECT_EQ(client.answer().body, "ok");
  }

  /// Whoever asks for /healthz holds the web thread until goes_on_. Before start().
  void let_health_hold_the_thread() {
    site_.on_health = [this, goes_on = goes_on_.get_future().share()] {
      is_held_.set_value();
      goes_on.wait();
    };
  }
  /// From now on the thread is held; who holds it, that is.
  [[nodiscard]] RawClient hold() {
    auto holder = connect_from(3);
    holder.send(get("/healthz"));
    is_held_.get_future().wait();
    return holder;
  }

  std::vector<RawClient> crowd_;
  std::promise<void> goes_on_, is_held_;
};

TEST_F(IdleCrowdTest, SilentConnectionsOfManyAddressesKeepNobodyOut) {
  options_.most_connections = 64;
  start();
  crowd(10, 10, "");
  expect_the_web_hook_works(connect_from(100));
  expect_the_web_hook_works(connect_from(2));
}

TEST_F(IdleCrowdTest, HalfHeadersKeepNobodyOut) {
  options_.most_connections = 64;
  start();
  crowd(10, 10, "POST /hook HTTP/1.1\r\nHost: h\r\nX: ");
  expect_the_web_hook_works(connect_from(100));
}

TEST_F(IdleCrowdTest, HalfBodiesKeepNobodyOut) {
  options_.most_connections = 64;
  start();
  crowd(10, 10, "POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
  expect_the_web_hook_works(connect_from(100));
}

// 256 idle ones behind an address that all have (a router, a reverse proxy) shut everybody behind it out for half a
// minute.
TEST_F(IdleCrowdTest, OneAddressCannotShutItselfOut) {
  options_.most_connections_per_address = 16;
  start();
  crowd(1, 40, "");
  expect_the_web_hook_works(connect_from(2));
  expect_the_web_hook_works(connect_from(3));
}

TEST_F(IdleCrowdTest, WhoHasTheMostGivesWayFirstAndTheOldestOfThose) {
  options_.most_connections = 16;
  start();
  auto kept = connect_from(100);  // older than all of the crowd
  EXPECT_EQ(kept.ask(get("/healthz")).status(), 200);
  auto upload = connect_from(101);
  const std::string form =
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nhello\r\n--b--\r\n";
  const std::string request = post("/file", "multipart/form-data; boundary=b", form);
  upload.send(std::string_view(request).substr(0, request.size() - 10));
  crowd(1, 40, "");
  EXPECT_TRUE(crowd_.front().read_to_end().empty() && crowd_.front().is_closed());
  EXPECT_EQ(crowd_.back().ask(get("/healthz")).status(), 200) << "the newest is not the one to go";
  EXPECT_EQ(kept.ask(get("/healthz")).status(), 200);
  upload.send(std::string_view(request).substr(request.size() - 10));
  auto sent = site_.uploads.pop();
  ASSERT_TRUE(sent);
  sent->reply.answer({.body = "ok"});
  EXPECT_EQ(upload.answer().body, "ok");
}

// A web hook that had just come was sent away: it was older than the idle lines of its address, which had just been
// answered.
TEST_F(IdleCrowdTest, WhoHasJustComeStaysWhileOthersHaveLongBeenSilent) {
  options_.most_connections = 64;
  start();
  crowd(10, 5, "");
  const auto begin = std::chrono::steady_clock::now();
  const auto is_silent_for_long = [begin] {
    return std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(1100);
  };
  ASSERT_TRUE(eventually(is_silent_for_long));
  std::vector<RawClient> fresh;  // more than any other address has
  for (int n = 0; n < 20; ++n) fresh.push_back(connect_from(100));
  for (RawClient& client : fresh) EXPECT_EQ(client.ask(get("/healthz")).status(), 200);
}

// Its request had come just before its connection was cut, and was acted upon, though the answer could reach nobody.
TEST_F(IdleCrowdTest, WhatCannotBeAnsweredIsNotDone) {
  options_.most_connections_per_address = 8;
  let_health_hold_the_thread();
  start();
  std::vector<RawClient> asking;
  for (int n = 0; n < 8; ++n) asking.push_back(connect_from(2));
  for (RawClient& client : asking) EXPECT_EQ(client.ask(get("/nothing")).status(), 404);
  auto holder = hold();
  for (RawClient& client : asking) client.send(get("/mmsmedia/a", "Connection: close\r\n"));
  crowd(1, 8, "");
  goes_on_.set_value();
  EXPECT_EQ(holder.answer().status(), 200);
  std::size_t answered = 0;
  for (RawClient& client : asking) answered += client.read_to_end().starts_with("HTTP/1.1 404") ? 1U : 0U;
  EXPECT_EQ(site_.asked_links.size(), answered);
}

// A web hook that had come, and that the busy thread had not read yet, was sent away as one who asks for nothing.
TEST_F(IdleCrowdTest, WhoHasSentWhatWasNotReadYetStays) {
  options_.most_connections_per_address = 40;
  let_health_hold_the_thread();
  start();
  std::vector<RawClient> asking;  // the oldest
  for (int n = 0; n < 20; ++n) asking.push_back(connect_from(2));
  for (RawClient& client : asking) EXPECT_EQ(client.ask(get("/nothing")).status(), 404);
  crowd(1, 20, "");
  EXPECT_EQ(connect_from(4).ask(get("/nothing")).status(), 404) << "all before it have been let in";
  auto holder = hold();
  for (RawClient& client : asking) client.send(get("/mmsmedia/a", "Connection: close\r\n"));
  crowd(1, 20, "");
  goes_on_.set_value();
  EXPECT_EQ(holder.answer().status(), 200);
  for (RawClient& client : asking) EXPECT_TRUE(client.read_to_end().starts_with("HTTP/1.1 404"));
}

TEST_F(IdleCrowdTest, WhoWaitsForOurAnswerStays) {
  options_.most_connections = 16;
  start();
  auto waiting = connect_from(2);
  waiting.send(post("/hook", "text/plain", "x"));
  auto hook = site_.hooks.pop();
  ASSERT_TRUE(hook);
  crowd(1, 40, "");
  hook->reply.answer({.body = "late"});
  EXPECT_EQ(waiting.answer().body, "late");
}

}  // namespace
}  // namespace mmsgate::web
