// SPDX-License-Identifier: Apache-2.0
// What no client can do to the others: hold the server with slow, silent, many or malformed requests.
#include <deque>

#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing_support::RawClient;
using testing_support::RawMessage;

class LimitsTest : public ServerTest {
 protected:
  LimitsTest() { options_.hook_path = "/hook"; }

  /// Soon over, and long enough for an honest request on a busy machine.
  static constexpr seconds kShort{2};

  /// A byte now and then, so that the line is never silent. True: the server ended it, and in time.
  static bool is_ended_while_dripping(RawClient& client, std::string_view drip) {
    const auto end = std::chrono::steady_clock::now() + testing_support::kLimit;
    while (std::chrono::steady_clock::now() < end) {
      if (!client.send(drip)) return true;
      std::this_thread::sleep_for(milliseconds(50));
    }
    return false;
  }
  /// Closed without a word.
  static bool is_closed_silently(RawClient& client) { return client.read_to_end().empty() && client.is_closed(); }

  void expect_still_serving() const { EXPECT_EQ(ask(get("/healthz")).status(), 200); }

  /// Of a request that has come in and waits for its answer as long as the test likes.
  bool wait_for_hook() {
    auto hook = site_.hooks.pop();
    if (hook) held_.push_back(std::move(*hook));
    return hook.has_value();
  }
  std::deque<HandSite::Hook> held_;
};

TEST_F(LimitsTest, HeadersBeyondTheLimitAreRefused) {
  start();
  const std::string large(options_.most_header_bytes, 'a');
  EXPECT_EQ(ask(get("/healthz", "X: " + large + "\r\n")).status(), 431);
  EXPECT_EQ(ask(get("/healthz?" + large)).status(), 414);
  const std::string fitting(options_.most_header_bytes / 2, 'a');
  EXPECT_EQ(ask(get("/healthz", "X: " + fitting + "\r\n")).status(), 200);
}

// They were taken, and the line kept open: what one program takes for a body, another takes for the next request.
TEST_F(LimitsTest, WhatTwoProgramsCouldReadInTwoWaysIsRefusedAndTheLineClosed) {
  start();
  for (const char* headers : {"Host: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n",
                              "Host: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
                              "Host: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", "X: y\r\n"}) {
    auto client = connect();
    const auto answer = client.ask(std::string("POST /hook HTTP/1.1\r\n") + headers + "\r\n0\r\n\r\n");
    EXPECT_EQ(answer.status(), 400) << headers;
    static_cast<void>(client.read_to_end());
    EXPECT_TRUE(client.is_closed()) << headers;
  }
  EXPECT_EQ(site_.hooks.size(), 0U);
  EXPECT_EQ(connect().ask("GET /healthz HTTP/1.0\r\n\r\n").status(), 200) << "HTTP/1.0 knew no Host";
}

TEST_F(LimitsTest, HeadersThatDripAreCutOff) {
  options_.request_timeout = kShort;
  start();
  auto client = connect();
  client.send("GET /healthz HTTP/1.1\r\nX: ");
  EXPECT_TRUE(is_ended_while_dripping(client, "x"));
  expect_still_serving();
}

TEST_F(LimitsTest, ABodyThatDripsIsCutOff) {
  options_.request_timeout = kShort;
  start();
  auto client = connect();
  client.send("POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_TRUE(is_ended_while_dripping(client, "x"));
  EXPECT_EQ(site_.hooks.size(), 0U);
  expect_still_serving();
}

TEST_F(LimitsTest, AnUploadThatDripsIsCutOffAndLeavesNothing) {
  options_.request_timeout = kShort;
  start();
  auto client = connect();
  client.send(
      "POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
      "100000\r\n\r\n"
      "--b\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\n");
  EXPECT_TRUE(is_ended_while_dripping(client, "x"));
  EXPECT_TRUE(testing_support::eventually([this] { return files_on_disk() == 0; }));
  EXPECT_EQ(site_.uploads.size(), 0U);
}

TEST_F(LimitsTest, ARefusedBodyThatDripsIsCutOffToo) {
  options_.request_timeout = kShort;
  start();
  auto client = connect();
  client.send("POST /nowhere HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_TRUE(is_ended_while_dripping(client, "x"));
}

TEST_F(LimitsTest, ASilentConnectionIsClosed) {
  options_.idle_timeout = kShort;
  start();
  auto mute = connect();
  auto half = connect();
  half.send("GET /hea");
  auto body = connect();
  body.send("POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
  auto kept = connect();
  EXPECT_EQ(kept.ask(get("/healthz")).status(), 200);
  EXPECT_TRUE(is_closed_silently(mute));
  for (RawClient* client : {&half, &body, &kept}) {
    static_cast<void>(client->read_to_end());  // it may say why
    EXPECT_TRUE(client->is_closed());
  }
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(LimitsTest, WhoWaitsForOurAnswerIsNotSilent) {
  options_.idle_timeout = options_.request_timeout = kShort;
  start();
  auto waiting = connect();
  waiting.send(post("/hook", "text/plain", "x"));
  auto hook = site_.hooks.pop();
  ASSERT_TRUE(hook);
  // Both limits have passed when two that began later have been ended by them, one after the other.
  for (int i = 0; i < 2; ++i) {
    auto silent = connect();
    EXPECT_TRUE(is_closed_silently(silent));
  }
  hook->reply.answer({.status = 200, .body = "late"});
  EXPECT_EQ(waiting.answer().body, "late");
}

TEST_F(LimitsTest, WhoDoesNotReadIsClosed) {
  options_.idle_timeout = kShort;
  place_film();
  start();
  auto client = connect();
  client.send(get("/mmsmedia/film"));
  auto next = connect();
  EXPECT_TRUE(is_closed_silently(next));
  EXPECT_TRUE(testing_support::eventually([this] { return !is_open(site_.medium_path); }));
  EXPECT_LT(client.read_to_end().size(), kFilmSize);
}

TEST_F(LimitsTest, OneAddressHasItsShare) {
  options_.most_connections_per_address = 3;
  start();
  std::vector<RawClient> busy;
  for (int i = 0; i < 3; ++i) {
    busy.push_back(connect());
    busy.back().send(post("/hook", "text/plain", "x"));
    ASSERT_TRUE(wait_for_hook());
  }
  auto surplus = connect();
  EXPECT_TRUE(is_closed_silently(surplus));
  held_.front().reply.answer({.body = "ok"});
  EXPECT_EQ(busy.front().answer().body, "ok");
  EXPECT_TRUE(testing_support::eventually([this] { return ask(get("/healthz")).status() == 200; }));
}

TEST_F(LimitsTest, WhoFindsItFullIsServedWhenThereIsRoom) {
  for (const unsigned most : {1U, 3U}) {
    options_.most_connections = most;
    start();
    std::vector<RawClient> busy;
    for (unsigned i = 0; i < most; ++i) {
      busy.push_back(connect());
      busy.back().send(post("/hook", "text/plain", "x"));
      ASSERT_TRUE(wait_for_hook());
    }
    auto next = connect();  // it waits in the kernel's queue
    next.send(get("/healthz"));
    busy.pop_back();
    held_.clear();  // answers them
    EXPECT_EQ(next.answer().status(), 200) << most;
  }
}

TEST_F(LimitsTest, WhatIsNotHttpHurtsNobody) {
  options_.idle_timeout = kShort;  // ends what libmicrohttpd takes for the beginning of a request
  start();
  const std::string garbage[] = {
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),  // a TLS hello
      "\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET /healthz HTTP/9.9\r\n\r\n",
      "POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
      "POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: abc\r\n\r\n",
      "POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
  };
  for (const std::string& bytes : garbage) {
    auto client = connect();
    client.send(bytes);
    client.end_sending();
    const RawMessage answer = client.answer();
    EXPECT_TRUE(answer.status() == 0 || answer.status() >= 400) << bytes << ": " << answer.start;
    static_cast<void>(client.read_to_end());
    EXPECT_TRUE(client.is_closed()) << bytes;
  }
  EXPECT_EQ(site_.hooks.size(), 0U);
  expect_still_serving();
}

}  // namespace
}  // namespace mmsgate::web
