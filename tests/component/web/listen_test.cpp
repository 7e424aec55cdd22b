// SPDX-License-Identifier: Apache-2.0
// Where the server listens, and what it says when it cannot.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

class ListenTest : public ServerTest {
 protected:
  [[nodiscard]] Error error_of_start() {
    const auto server = listen(options_, site_, runtime::Log::none());
    return server ? Error{} : server.error();
  }
};

TEST_F(ListenTest, APortThatIsTakenIsNamedWithWhatToDo) {
  start();
  options_.port = server_->port();
  const Error error = error_of_start();
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find(fmt::format("127.0.0.1 port {}", options_.port)), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find("webport"), std::string::npos) << error.detail;
}

TEST_F(ListenTest, AnAddressThatIsNotOursIsNamed) {
  options_.address = "192.0.2.1";
  const Error error = error_of_start();
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("192.0.2.1"), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find("webbind"), std::string::npos) << error.detail;
}

TEST_F(ListenTest, WhatIsNoAddressIsRejected) {
  for (const char* address : {"", "localhost", "127.0.0", "127.0.0.1:80", "[::1]"}) {
    options_.address = address;
    const Error error = error_of_start();
    EXPECT_EQ(error.kind, ErrorKind::rejected) << address;
    EXPECT_NE(error.detail.find(fmt::format("\"{}\"", address)), std::string::npos) << error.detail;
  }
}

TEST_F(ListenTest, ThePortIsFreeAgainAtOnce) {
  start();
  EXPECT_EQ(ask(get("/healthz")).status(), 200);
  auto still_open = connect();
  EXPECT_EQ(still_open.ask(get("/healthz")).status(), 200);
  options_.port = server_->port();
  server_.reset();
  start();
  EXPECT_EQ(server_->port(), options_.port);
  EXPECT_EQ(ask(get("/healthz")).status(), 200);
}

TEST_F(ListenTest, WhoComesBeforeTheStartIsAnsweredAfterIt) {
  auto server = listen(options_, site_, runtime::Log::none());
  ASSERT_TRUE(server) << server.error().detail;
  testing_support::RawClient early((*server)->port());
  early.send(get("/healthz"));
  ASSERT_TRUE((*server)->start());
  EXPECT_EQ(early.answer().status(), 200);
}

TEST_F(ListenTest, ThePortIsFreeAgainWithoutAStart) {
  auto first = listen(options_, site_, runtime::Log::none());
  ASSERT_TRUE(first) << first.error().detail;
  options_.port = (*first)->port();
  first->reset();
  start();
  EXPECT_EQ(server_->port(), options_.port);
}

TEST_F(ListenTest, ThroughIpv6AnIpv4ClientHasItsOwnAddress) {
  options_.address = "::";
  const auto server = listen(options_, site_, runtime::Log::none());
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().detail;
  ASSERT_TRUE((*server)->start());
  testing_support::RawClient client((*server)->port());
  client.send(get("/mmsgate"));
  const auto hook = site_.hooks.pop();
  ASSERT_TRUE(hook);
  EXPECT_EQ(hook->request.source.str(), "127.0.0.1");
}

}  // namespace
}  // namespace mmsgate::web
