// SPDX-License-Identifier: Apache-2.0
// The web hook as a client sees it: what reaches the site, and how each answer comes back.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using testing_support::RawMessage;

class HookTest : public ServerTest {
 protected:
  HookTest() { options_.hook_path = "/hook"; }

  /// The next call that reached the site; the test ends when none does.
  HandSite::Hook next_hook() {
    auto hook = site_.hooks.pop();
    if (!hook) throw std::runtime_error("no hook reached the site");
    return std::move(*hook);
  }
};

TEST_F(HookTest, PostBringsBodyTypeAndSource) {
  start();
  auto client = connect();
  client.send(post("/hook?token=a%26b&empty=", "application/json", R"({"data":1})"));
  auto hook = next_hook();
  EXPECT_TRUE(hook.request.post);
  EXPECT_EQ(hook.request.body, R"({"data":1})");
  EXPECT_EQ(hook.request.content_type, "application/json");
  EXPECT_EQ(hook.request.source.str(), "127.0.0.1");
  EXPECT_EQ(hook.request.query, (std::map<std::string, std::string>{{"token", "a&b"}, {"empty", ""}}));

  hook.reply.answer({.status = 200, .body = "ok"});
  const RawMessage answer = client.answer();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, "ok");
  EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
}

TEST_F(HookTest, GetBringsItsQueryDecoded) {
  start();
  auto client = connect();
  client.send(get("/hook?from=5145550101&message=caf%C3%A9+%2B+th%C3%A9%0A2&media=http%3A%2F%2Fa%2Fb%3Fc%3Dd"));
  auto hook = next_hook();
  EXPECT_FALSE(hook.request.post);
  EXPECT_EQ(hook.request.body, "");
  EXPECT_EQ(hook.request.query["message"], "caf\u00e9 + th\u00e9\n2");
  EXPECT_EQ(hook.request.query["media"], "http://a/b?c=d");
  hook.reply.answer({.status = 200, .content_type = "text/html", .body = "x", .headers = {{"X-Kind", "test"}}});
  const RawMessage answer = client.answer();
  EXPECT_EQ(answer.header("content-type"), "text/html");
  EXPECT_EQ(answer.header("x-kind"), "test");
}

TEST_F(HookTest, PercentSignsThatAreNoCodeStay) {
  start();
  auto client = connect();
  client.send(get("/hook?a=100%&b=%zz&c=%4&d=x%00y%41&%65=1"));
  EXPECT_EQ(next_hook().request.query, (std::map<std::string, std::string>{
                                           {"a", "100%"}, {"b", "%zz"}, {"c", "%4"}, {"d", "x%00yA"}, {"e", "1"}}));
}

TEST_F(HookTest, OneConnectionCarriesManyRequests) {
  start();
  auto client = connect();
  for (const std::string body : {"1", "", "3"}) {
    client.send(post("/hook", "text/plain", body));
    auto hook = next_hook();
    EXPECT_EQ(hook.request.body, body);
    hook.reply.answer({.status = 200, .body = "got " + body});
    EXPECT_EQ(client.answer().body, "got " + body);
  }
}

TEST_F(HookTest, TenMegabytesAreRefusedAndTheRefusalIsHeard) {
  start();
  auto client = connect();
  EXPECT_TRUE(client.send(post("/hook", "text/plain", std::string(10U << 20, 'x'))));
  EXPECT_EQ(client.answer().status(), 413);
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookTest, WhoAsksFirstIsRefusedAtOnce) {
  start();
  auto client = connect();
  client.send("POST /hook HTTP/1.1\r\nHost: h\r\nContent-Length: 10485760\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer().status(), 413);
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookTest, ExactlyTheLimitIsTaken) {
  options_.most_hook_bytes = 1000;
  start();
  auto client = connect();
  client.send(post("/hook", "text/plain", std::string(1000, 'x')));
  auto hook = next_hook();
  EXPECT_EQ(hook.request.body.size(), 1000U);
  hook.reply.answer({.status = 200});
  EXPECT_EQ(client.answer().status(), 200);
  EXPECT_EQ(ask(post("/hook", "text/plain", std::string(1001, 'x'))).status(), 413);
}

TEST_F(HookTest, ChunkedComesTogether) {
  start();
  auto client = connect();
  client.send(
      "POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n7\r\n second\r\n0\r\n\r\n");
  auto hook = next_hook();
  EXPECT_EQ(hook.request.body, "first second");
}

TEST_F(HookTest, ChunkedBeyondTheLimitHearsTheAnswerWhenItEnds) {
  start();
  auto client = connect();
  client.send("POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(1 << 20, 'x') + "\r\n";
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(client.send(chunk));
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.answer().status(), 413);
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookTest, ChunkedWithoutEndIsCutOff) {
  start();
  auto client = connect();
  client.send("POST /hook HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(1 << 20, 'x') + "\r\n";
  int sent = 0;
  // What the kernel's buffers hold is on top of what the server reads, hence far more than it drops.
  while (sent < 500 && client.send(chunk)) ++sent;
  EXPECT_LT(sent, 500);
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookTest, OtherMethodsAreTold) {
  start();
  for (const char* method : {"PUT", "DELETE", "HEAD"}) {
    auto client = connect();
    client.send(fmt::format("{} /hook HTTP/1.1\r\nHost: h\r\n\r\n", method));
    const RawMessage answer = client.answer_without_body();
    EXPECT_EQ(answer.status(), 405) << method;
    EXPECT_EQ(answer.header("allow"), "GET, POST") << method;
  }
}

TEST_F(HookTest, OnlyThePathItself) {
  start();
  for (const char* path : {"/", "/hook/", "/hook/x", "/Hook", "/hoo", "//hook"})
    EXPECT_EQ(ask(get(path)).status(), 404);
  EXPECT_EQ(site_.hooks.size(), 0U);
}

TEST_F(HookTest, AnswersMayComeLateFromOtherThreadsInAnyOrder) {
  start();
  auto first = connect();
  first.send(post("/hook", "text/plain", "first"));
  auto first_hook = next_hook();
  auto second = connect();
  second.send(post("/hook", "text/plain", "second"));
  auto second_hook = next_hook();

  std::jthread([&] { second_hook.reply.answer({.status = 200, .body = "to second"}); }).join();
  EXPECT_EQ(second.answer().body, "to second");
  std::jthread([&] { first_hook.reply.answer({.status = 202, .body = "to first"}); }).join();
  EXPECT_EQ(first.answer().body, "to first");
}

TEST_F(HookTest, ReplyThatIsDroppedSays500) {
  start();
  auto client = connect();
  client.send(post("/hook", "text/plain", "x"));
  { const auto dropped = next_hook(); }
  EXPECT_EQ(client.answer().status(), 500);
}

TEST_F(HookTest, OnlyTheFirstAnswerCounts) {
  start();
  auto client = connect();
  client.send(post("/hook", "text/plain", "x"));
  auto hook = next_hook();
  hook.reply.answer({.status = 200, .body = "first"});
  hook.reply.answer({.status = 500, .body = "second"});
  EXPECT_EQ(client.answer().body, "first");
  client.send(post("/hook", "text/plain", "y"));
  next_hook().reply.answer({.status = 200, .body = "third"});
  EXPECT_EQ(client.answer().body, "third");
}

TEST_F(HookTest, AnswerToAClientThatHasGoneHurtsNobody) {
  start();
  std::optional<HandSite::Hook> orphan;
  {
    auto client = connect();
    client.send(post("/hook", "text/plain", "x"));
    orphan.emplace(next_hook());
  }
  orphan->reply.answer({.status = 200});
  auto other = connect();
  other.send(post("/hook", "text/plain", "y"));
  next_hook().reply.answer({.status = 200});
  EXPECT_EQ(other.answer().status(), 200);
}

TEST_F(HookTest, StoppingTellsWhoWaitsAndTakesLateAnswers) {
  start();
  auto client = connect();
  client.send(post("/hook", "text/plain", "x"));
  auto hook = next_hook();
  server_.reset();
  const RawMessage answer = client.answer();
  // The line may be cut before the word is through; an answer that claims success must not be.
  EXPECT_TRUE(answer.status() == 503 || answer.status() == 0) << answer.start;
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_TRUE(client.is_closed());
  hook.reply.answer({.status = 200});
}

}  // namespace
}  // namespace mmsgate::web
