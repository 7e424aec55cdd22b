// SPDX-License-Identifier: Apache-2.0
// Servers that are slow, silent, endless, broken or not there.
#include <chrono>

#include "http_fixture.hpp"

namespace mmsgate::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TroubleTest : public HttpTest {
 protected:
  Error error_of_bytes(std::string bytes, Then then = Then::close) {
    const RawServer server([&](const RawMessage&) { return RawReply{bytes, then}; });
    return error_at(server);
  }
};

TEST_F(TroubleTest, WhatIsAnnouncedAsTooLargeIsNotWaitedFor) {
  const RawServer server([](const RawMessage&) {
    return RawReply{"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n", Then::hold};
  });
  HttpRequest request = to(server.url(fmt::format("/?{}", kSecret)));
  request.most_bytes = 1000;
  const Error error = error_of(std::move(request));
  EXPECT_EQ(error.kind, ErrorKind::rejected);
  EXPECT_NE(error.detail.find("1000"), std::string::npos) << error.detail;
}

TEST_F(TroubleTest, WhatTurnsOutTooLargeIsCutOff) {
  for (const char* head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 404 Gone\r\n\r\n",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n"}) {
    const RawServer server([head](const RawMessage&) { return RawReply{head + std::string(2001, 'x'), Then::hold}; });
    HttpRequest request = to(server.url("/"));
    request.most_bytes = 2000;
    const Error error = error_of(std::move(request));
    EXPECT_EQ(error.kind, ErrorKind::rejected);
    EXPECT_NE(error.detail.find("2000"), std::string::npos) << error.detail;
  }
}

TEST_F(TroubleTest, ExactlyTheMostIsTaken) {
  const RawServer server([](const RawMessage&) { return RawReply{answer(200, std::string(1000, 'x'))}; });
  HttpRequest request = to(server.url("/"));
  request.most_bytes = 1000;
  const auto got = fetch(std::move(request));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->bytes, 1000U);
}

TEST_F(TroubleTest, HeadersWithoutEndAreCutOff) {
  std::string endless = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 10'000; ++i) endless += fmt::format("X-{}: {}\r\n", i, std::string(50, 'x'));
  EXPECT_EQ(error_of_bytes(endless, Then::hold).kind, ErrorKind::rejected);
}

TEST_F(TroubleTest, WhatIsCutOffIsTransient) {
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"}) {
    EXPECT_EQ(error_of_bytes(bytes).kind, ErrorKind::transient) << bytes;
  }
}

TEST_F(TroubleTest, WhatIsNoHttpIsTransient) {
  EXPECT_EQ(error_of_bytes("SSH-2.0-OpenSSH_9.2\r\n").kind, ErrorKind::transient);
}

TEST_F(TroubleTest, AServerThatFallsSilentIsLeft) {
  const RawServer mute([](const RawMessage&) { return RawReply{"", Then::hold}; });
  const RawServer half([](const RawMessage&) {
    return RawReply{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", Then::hold};
  });
  for (const RawServer* server : {&mute, &half}) {
    HttpRequest request = to(server->url("/"));
    request.stall_timeout = seconds(1);
    start(std::move(request));
  }
  for (int i = 0; i < 2; ++i) {
    const auto got = next();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, ErrorKind::transient);
    EXPECT_NE(got.error().detail.find("in time"), std::string::npos) << got.error().detail;
  }
}

TEST_F(TroubleTest, AllTogetherHasALimitToo) {
  const RawServer server([](const RawMessage&) { return RawReply{"", Then::hold}; });
  HttpRequest request = to(server.url(fmt::format("/?{}", kSecret)));
  request.total_timeout = milliseconds(200);
  const Error error = error_of(std::move(request));
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("in time"), std::string::npos) << error.detail;
}

TEST_F(TroubleTest, NobodyThereIsTransientAndNamed) {
  std::uint16_t port = 0;
  {
    const RawServer gone([](const RawMessage&) { return RawReply{}; });
    port = gone.port();
  }
  const Error error = error_of(to(fmt::format("http://{0}:{0}@127.0.0.1:{1}/a/{0}?{0}#{0}", kSecret, port)));
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find(fmt::format("http://127.0.0.1:{}:", port)), std::string::npos) << error.detail;
}

TEST_F(TroubleTest, AnUnknownNameIsTransient) {
  HttpRequest request = to(fmt::format("http://nobody.invalid/?{}", kSecret));
  request.connect_timeout = seconds(1);  // where there is no name server at all
  const Error error = error_of(std::move(request));
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("http://nobody.invalid"), std::string::npos) << error.detail;
}

TEST_F(TroubleTest, AServerThatNeverFinishesTlsIsLeft) {
  const RawServer server([](const RawMessage&) { return RawReply{"", Then::hold}; });
  HttpRequest request = to(fmt::format("https://127.0.0.1:{}/?{}", server.port(), kSecret));
  request.connect_timeout = milliseconds(200);
  const Error error = error_of(std::move(request));
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("in time"), std::string::npos) << error.detail;
}

TEST_F(TroubleTest, OneThatHangsHoldsNobodyUp) {
  const RawServer silent([](const RawMessage&) { return RawReply{"", Then::hold}; });
  const RawServer quick([](const RawMessage&) { return RawReply{answer(200, "quick")}; });
  for (int i = 0; i < 10; ++i) start(to(silent.url("/")));
  const auto got = fetch(to(quick.url("/")));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "quick");
}

}  // namespace
}  // namespace mmsgate::net
