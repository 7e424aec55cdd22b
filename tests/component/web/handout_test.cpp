// SPDX-License-Identifier: Apache-2.0
// What a phone is set up by, as far as it is the server's: who asks for which name, and that nobody else is asked.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using HandoutTest = ServerTest;

TEST_F(HandoutTest, TheSiteIsAskedByNameAndAnswers) {
  options_.handout_path = "/phones";
  start();
  auto client = connect();
  client.send(get("/phones/abc.vcf"));
  auto asked = site_.handouts.pop();
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->request.name, "abc.vcf");
  EXPECT_FALSE(asked->request.is_asking);
  EXPECT_EQ(asked->request.source, "127.0.0.1");
  asked->reply.answer(
      {.content_type = "application/xml", .body = "<config/>", .headers = {{"Cache-Control", "no-store"}}});
  const auto answer = client.answer();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, "<config/>");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
}

TEST_F(HandoutTest, AHeadIsToldAsOneAndGetsNoBody) {
  start();
  auto client = connect();
  client.send("HEAD /conf/abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  auto asked = site_.handouts.pop();
  ASSERT_TRUE(asked);
  EXPECT_TRUE(asked->request.is_asking);
  asked->reply.answer({.body = "secret"});
  EXPECT_EQ(client.answer_without_body().status(), 200);
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(HandoutTest, OtherMethodsAndTheFolderItselfAreNotForTheSite) {
  start();
  for (const char* method : {"POST", "PUT", "DELETE"}) {
    const auto answer = ask(std::string(method) + " /conf/abc HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(answer.status(), 405);
    EXPECT_EQ(answer.header("allow"), "GET, HEAD");
  }
  EXPECT_EQ(ask(get("/conf")).status(), 404);
  EXPECT_EQ(ask(get("/config/abc")).status(), 404);
  EXPECT_EQ(site_.handouts.size(), 0U);
}

}  // namespace
}  // namespace mmsgate::web
