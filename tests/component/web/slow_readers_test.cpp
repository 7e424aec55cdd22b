// SPDX-License-Identifier: Apache-2.0
// Whoever asks for a large file and does not read it, or reads a byte now and then, keeps nobody out. Real sockets with
// little room, so that the kernel takes little off the server's hands.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using namespace std::chrono_literals;
using testing_support::eventually;
using testing_support::RawClient;

class SlowReaders : public ServerTest {
 protected:
  SlowReaders() {
    options_.hook_path = "/hook";
    options_.most_connections = 64;
    options_.reading_time = 500ms;
    options_.idle_timeout = 600s;  // it is not this that ends them
    place_film();
  }

  /// From 127.0.0.`from`: it asks for the film, and has read the first of it.
  RawClient viewer(int from) const {
    RawClient client(server_->port(), fmt::format("127.0.0.{}", from));
    client.send(get("/mmsmedia/film"));
    EXPECT_EQ(client.read(15), "HTTP/1.1 200 OK");
    return client;
  }
  static bool is_answered(RawClient& client) {
    return eventually([&] { return client.is_readable(); });
  }
  void expect_the_web_hook_works() {
    RawClient client(server_->port(), "127.0.0.100");
    client.send(post("/hook", "text/plain", "x"));
    auto hook = site_.hooks.pop();
    ASSERT_TRUE(hook);
    hook->reply.answer({.body = "ok"});
    EXPECT_EQ(client.answer().body, "ok");
  }
};

// 4,096 connections that read nothing held them all, for as long as they liked.
TEST_F(SlowReaders, WhoDoesNotReadGivesWayWhenItGetsCrowded) {
  start();
  std::vector<RawClient> crowd;
  for (int n = 0; n < 64; ++n) crowd.push_back(viewer(2 + n % 10));
  expect_the_web_hook_works();
  expect_the_web_hook_works();
}

TEST_F(SlowReaders, WhoReadsAtAPhonesPaceStays) {
  start();
  auto phone = viewer(100);
  std::atomic<bool> is_over = false;
  std::size_t bytes = 15;
  {
    std::jthread reads([&] {
      while (!is_over) {
        bytes += phone.read(64 << 10).size();
        std::this_thread::sleep_for(20ms);  // some 3 MB a second
      }
    });
    std::vector<RawClient> crowd;
    for (int n = 0; n < 63; ++n) crowd.push_back(viewer(2 + n % 10));
    for (int n = 0; n < 5; ++n) expect_the_web_hook_works();
    is_over = true;
  }
  while (bytes < kFilmSize) {
    const std::size_t more = phone.read(64 << 10).size();
    if (more == 0) break;
    bytes += more;
  }
  EXPECT_GE(bytes, kFilmSize) << "all of it, and its head";
}

TEST_F(SlowReaders, WhileThereIsRoomASlowOneMayTakeItsTime) {
  start();
  auto phone = viewer(100);
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([begin] { return std::chrono::steady_clock::now() - begin > 4s; }));
  expect_the_web_hook_works();
  EXPECT_EQ(phone.read(kFilmSize).size(), kFilmSize);
}

TEST_F(SlowReaders, BehindOneAddressThatAllHaveTheyGiveWayToo) {
  options_.most_connections_per_address = 16;
  start();
  std::vector<RawClient> crowd;
  for (int n = 0; n < 16; ++n) crowd.push_back(viewer(2));
  EXPECT_TRUE(eventually([this] {
    RawClient client(server_->port(), "127.0.0.2");
    return client.ask(get("/healthz")).status() == 200;
  }));
}

// It counted as one that still sends, and had to give way before its answer was read.
TEST_F(SlowReaders, WhoIsAnsweredBeforeItsBodyStaysForTheAnswer) {
  options_.most_connections = 16;
  options_.reading_time = 60s;
  site_.refusal = Response{.status = 403, .body = std::string(64 << 20, 'x')};
  start();
  RawClient camera(server_->port(), "127.0.0.100");
  camera.send("POST /file?to=bob HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
  ASSERT_TRUE(is_answered(camera));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(eventually([begin] { return std::chrono::steady_clock::now() - begin > 1100ms; }));
  std::vector<RawClient> crowd;
  for (int n = 0; n < 40; ++n) crowd.emplace_back(server_->port(), "127.0.0.2");
  EXPECT_EQ(crowd.back().ask(get("/healthz")).status(), 200);
  EXPECT_EQ(camera.answer().body.size(), site_.refusal->body.size());
}

}  // namespace
}  // namespace mmsgate::web
