// SPDX-License-Identifier: Apache-2.0
// The web hook's login: what a token opens, and what a stranger sees.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using testing_support::RawMessage;

class HookLoginTest : public ServerTest {
 protected:
  HookLoginTest() {
    options_.hook_path = "/hook";
    site_.bare_caller = HookCaller::unproven;
  }
  HandSite::Hook next_hook() {
    auto hook = site_.hooks.pop();
    if (!hook) throw std::runtime_error("no hook reached the site");
    return std::move(*hook);
  }
  /// The status that a GET with these headers gets; what reaches the site is answered 200.
  int get_status(const std::string& path, const std::string& headers = "") {
    auto client = connect();
    client.send(get(path, headers));
    const std::jthread answers([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (auto hook = site_.hooks.pop(std::chrono::milliseconds(5))) hook->reply.answer({.body = "ok"});
      }
    });
    return client.answer().status();
  }
};

TEST_F(HookLoginTest, ATokenIsHandedOnWithThePostAndWithTheOlderCallBack) {
  start();
  auto client = connect();
  client.send(post("/hook/right", "application/json", "{}"));
  auto hook = next_hook();
  EXPECT_EQ(hook.request.token, "right");
  EXPECT_EQ(hook.request.body, "{}");
  hook.reply.answer({.body = "ok"});
  EXPECT_EQ(client.answer().body, "ok");
  client.send(get("/hook/right?id=1&from=2"));
  auto older = next_hook();
  EXPECT_EQ(older.request.token, "right");
  EXPECT_EQ(older.request.query["id"], "1");
  older.reply.answer({.body = "ok"});
  EXPECT_EQ(client.answer().status(), 200);
}

TEST_F(HookLoginTest, WithoutOneItComesWithout) {
  start();
  auto client = connect();
  client.send(post("/hook", "application/json", "{}"));
  EXPECT_EQ(next_hook().request.token, "");
}

TEST_F(HookLoginTest, AWrongTokenIsAPathLikeAnyOtherThatThereIsNot) {
  start();
  for (const std::string method : {"GET", "POST", "PUT", "DELETE", "OPTIONS"}) {
    const auto ask_at = [&](const std::string& path) {
      return ask(fmt::format("{} {} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", method, path));
    };
    const RawMessage unknown = ask_at("/nowhere");
    EXPECT_EQ(unknown.status(), 404);
    for (const char* path :
         {"/hook/wrong", "/hook/righ", "/hook/right/", "/hook/right/x", "/hook/", "/hook//right", "/hook/RIGHT"}) {
      const RawMessage answer = ask_at(path);
      EXPECT_EQ(answer.start, unknown.start) << path;
      EXPECT_EQ(answer.body, unknown.body) << path;
      EXPECT_EQ(answer.header("content-type"), unknown.header("content-type")) << path;
    }
  }
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookLoginTest, NothingOfTheBodyOfAStrangerIsWaitedFor) {
  start();
  auto asks = connect();
  asks.send("POST /hook/wrong HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(asks.answer().status(), 404);
  auto endless = connect();
  endless.send("POST /hook/wrong HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999\r\n\r\n");
  EXPECT_EQ(endless.answer().status(), 404);
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookLoginTest, WhereTheBareAddressIsClosedItIsNotThere) {
  site_.bare_caller = HookCaller::stranger;
  start();
  const RawMessage answer = ask(post("/hook", "application/json", "{}"));
  EXPECT_EQ(answer.start, ask(get("/nowhere")).start);
  EXPECT_EQ(answer.body, ask(get("/nowhere")).body);
  EXPECT_EQ(get_status("/hook/right"), 200);
}

TEST_F(HookLoginTest, OneFolderMayLieInTheOther) {
  site_.medium_link = "film";
  options_.hook_path = "/a/hook";
  options_.media_path = "/a";
  start();
  EXPECT_EQ(get_status("/a/hook/right"), 200);
  EXPECT_EQ(get_status("/a/nothing"), 404);
  EXPECT_EQ(site_.asked_links.pop(), "nothing");
}

TEST_F(HookLoginTest, TheOtherWayRoundToo) {
  options_.hook_path = "/a";
  options_.media_path = "/a/media";
  start();
  EXPECT_EQ(get_status("/a/right"), 200);
  EXPECT_EQ(get_status("/a/media/nothing"), 404);
  EXPECT_EQ(site_.asked_links.pop(), "nothing");
}

TEST_F(HookLoginTest, GuessingIsHeldUpAndWhoHasATokenIsNot) {
  options_.most_lost = options_.most_unproven = 3;
  start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get_status("/hook/wrong"), 404);
  const RawMessage refused = ask(get("/hook/wrong"));
  EXPECT_EQ(refused.status(), 429);
  EXPECT_EQ(refused.header("retry-after"), "20");
  EXPECT_EQ(get_status("/elsewhere"), 429) << "a wrong token is a path like any other";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get_status("/hook"), 200);
  EXPECT_EQ(get_status("/hook"), 429);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(get_status("/hook/right"), 200);
  EXPECT_EQ(get_status("/healthz"), 200);
}

TEST_F(HookLoginTest, EvenATokenHasItsLimit) {
  options_.most_known = 2;
  start();
  EXPECT_EQ(get_status("/hook/right"), 200);
  EXPECT_EQ(get_status("/hook/right"), 200);
  EXPECT_EQ(get_status("/hook/right"), 429);
}

TEST_F(HookLoginTest, BehindAProxyOfOursEachClientHasItsOwnLimit) {
  options_.trusted_proxies = *formats::parse_networks("127.0.0.1");
  options_.most_lost = 1;
  start();
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 192.0.2.1\r\n"), 404);
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 192.0.2.1\r\n"), 429);
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 203.0.113.9, 192.0.2.1\r\n"), 429) << "his own word does not help him";
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 192.0.2.1\r\n"), 429);
  EXPECT_EQ(get_status("/x", "Forwarded: for=192.0.2.2\r\n"), 404);
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 2001:db8::1\r\n"), 404);
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 2001:db8::2\r\n"), 429) << "a /64 is one";
  auto client = connect();
  client.send(get("/hook/right", "x-forwarded-for: 192.0.2.77\r\n"));
  EXPECT_EQ(next_hook().request.source.str(), "192.0.2.77");
}

TEST_F(HookLoginTest, WithoutOneTheHeaderIsAStrangersWord) {
  options_.most_lost = 1;
  start();
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 192.0.2.1\r\n"), 404);
  EXPECT_EQ(get_status("/x", "X-Forwarded-For: 192.0.2.2\r\n"), 429);
}

}  // namespace
}  // namespace mmsgate::web
