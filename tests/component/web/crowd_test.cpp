// SPDX-License-Identifier: Apache-2.0
// Many clients at once, and clients that leave in the middle.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using testing_support::eventually;
using testing_support::RawClient;

class CrowdTest : public ServerTest {
 protected:
  CrowdTest() { options_.hook_path = "/hook"; }

  static std::string announce(std::size_t length) {
    return fmt::format("POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\n\r\n", length);
  }
};

TEST_F(CrowdTest, LargeBodiesThatAreHeldAreNotInTheWayOfAMessage) {
  options_.most_large_hook_bytes = 1 << 20;
  start();
  const std::string large(500'000, 'x');
  std::vector<RawClient> held;
  {
    // Whoever still finds room is answered 500, since nobody keeps his reply.
    const std::jthread drops([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) (void)site_.hooks.pop(std::chrono::milliseconds(10));
    });
    // Nothing tells when a body has come in, and whoever comes in the middle of two takes the room of one of them.
    ASSERT_TRUE(eventually([&] {
      held.push_back(connect());
      held.back().send(announce(large.size() + 1) + large);
      return ask(announce(large.size()) + large).status() == 503;
    }));
  }
  auto message = connect();
  message.send(post("/hook", "application/json", std::string(60'000, 'x')));
  auto hook = site_.hooks.pop();
  ASSERT_TRUE(hook);
  EXPECT_EQ(hook->request.body.size(), 60'000U);
  hook->reply.answer({.body = "ok"});
  EXPECT_EQ(message.answer().body, "ok");

  held.clear();  // whoever leaves gives back what was his
  ASSERT_TRUE(eventually([&] {
    auto client = connect();
    client.send(announce(large.size()) + large);
    auto sent = site_.hooks.pop(std::chrono::milliseconds(200));
    return sent && sent->request.body == large;
  }));
}

TEST_F(CrowdTest, WhatIsHandedOnIsNoLongerHeld) {
  options_.most_large_hook_bytes = 600'000;
  start();
  for (int i = 0; i < 5; ++i) {
    auto client = connect();
    client.send(post("/hook", "text/plain", std::string(500'000, 'x')));
    auto hook = site_.hooks.pop();
    ASSERT_TRUE(hook) << i;
    EXPECT_EQ(hook->request.body.size(), 500'000U);
  }
}

TEST_F(CrowdTest, WhoLeavesInTheMiddleOfAFileHurtsNobody) {
  place_film();
  start();
  for (int i = 0; i < 20; ++i) {
    auto client = connect();
    client.send(get("/mmsmedia/film"));
    EXPECT_EQ(client.read(4096).substr(0, 15), "HTTP/1.1 200 OK");
  }
  EXPECT_TRUE(eventually([this] { return !is_open(site_.medium_path); }));
  EXPECT_EQ(ask(get("/healthz")).status(), 200);
}

TEST_F(CrowdTest, TwoHundredWaitForTheirAnswersAtOnce) {
  constexpr int kClients = 200;
  start();
  std::vector<RawClient> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(connect());
    clients.back().send(post("/hook", "text/plain", std::to_string(i)));
  }
  std::vector<std::jthread> answering;
  for (int i = 0; i < kClients; ++i) {
    auto hook = site_.hooks.pop();
    ASSERT_TRUE(hook) << i;
    answering.emplace_back(
        [hook = std::move(*hook)]() mutable { hook.reply.answer({.body = "to " + hook.request.body}); });
  }
  for (int i = 0; i < kClients; ++i) {
    EXPECT_EQ(clients[static_cast<std::size_t>(i)].answer().body, fmt::format("to {}", i));
  }
}

}  // namespace
}  // namespace mmsgate::web
