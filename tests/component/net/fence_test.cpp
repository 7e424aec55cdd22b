// SPDX-License-Identifier: Apache-2.0
// What a stranger's URL cannot do: lead into our own network, by whatever spelling, redirect, kept line or proxy.
#include <atomic>
#include <cstdlib>

#include "http_fixture.hpp"

namespace mmsgate::net {
namespace {

class FenceTest : public HttpTest {
 protected:
  Error error_of_stranger(std::string url) {
    HttpRequest request = to(std::move(url));
    request.reach = Reach::public_only;
    return error_of(std::move(request));
  }
  void expect_no_way(const std::string& url, Reach reach) {
    HttpRequest request = to(url);
    request.reach = reach;
    const Error error = error_of(std::move(request));
    EXPECT_EQ(error.kind, ErrorKind::rejected) << url << ": " << error.detail;
    EXPECT_NE(error.detail.find("not public"), std::string::npos) << url << ": " << error.detail;
  }

  std::atomic<int> asked_ = 0;
  const RawServer inside_{[this](const RawMessage&) {
    ++asked_;
    return RawReply{answer(200, "inside"), Then::next};
  }};
};

TEST_F(FenceTest, NoSpellingOfLoopbackLeadsIn) {
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0.0.0.0", "0",
                           "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "user@127.0.0.1"}) {
    expect_no_way(fmt::format("http://{}:{}/?{}", host, inside_.port(), kSecret), Reach::public_only);
  }
  EXPECT_EQ(asked_, 0);
}

TEST_F(FenceTest, NoPrivateAddressIsConnectedTo) {
  for (const char* host : {"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
                           "255.255.255.255", "[fe80::1]", "[fd00::1]", "[ff02::1]", "[::ffff:10.0.0.1]"}) {
    for (const Reach reach : {Reach::public_only, Reach::with_loopback}) {
      expect_no_way(fmt::format("http://{}/?{}", host, kSecret), reach);
    }
  }
}

TEST_F(FenceTest, NoRedirectLeadsIn) {
  const RawServer outside([](const RawMessage&) {
    return RawReply{answer(302, "", fmt::format("Location: http://10.0.0.1/?{}\r\n", kSecret))};
  });
  expect_no_way(outside.url("/"), Reach::with_loopback);
}

TEST_F(FenceTest, NoLineThatIsKeptLeadsIn) {
  for (const Reach reach : {Reach::with_loopback, Reach::anywhere}) {
    HttpRequest request = to(inside_.url("/"));
    request.reach = reach;
    ASSERT_TRUE(fetch(std::move(request)));
  }
  EXPECT_EQ(asked_, 2);
  expect_no_way(inside_.url("/"), Reach::public_only);
  EXPECT_EQ(asked_, 2);
}

TEST_F(FenceTest, OnlyHttpIsSpoken) {
  for (const char* url :
       {"", "picture.jpg", "http://", "//S3CRET", "file:///etc/passwd", "ftp://1.1.1.1/?S3CRET",
        "gopher://1.1.1.1/S3CRET", "dict://1.1.1.1/d", "scp://1.1.1.1/x", "telnet://1.1.1.1", "data:text/plain,x", "",
        "nonsense://x", "http://", "http://a b/", "http://1.1.1.1:99999/", "http://x\r\nHost: y/", "//1.1.1.1/x\ny"}) {
    EXPECT_EQ(error_of_stranger(url).kind, ErrorKind::rejected) << url;
  }
}

TEST_F(FenceTest, NoRedirectLeavesHttp) {
  for (const char* location : {"file:///etc/passwd", "ftp://127.0.0.1/S3CRET", "gopher://127.0.0.1/"}) {
    const RawServer outside(
        [location](const RawMessage&) { return RawReply{answer(302, "", fmt::format("Location: {}\r\n", location))}; });
    EXPECT_EQ(error_at(outside).kind, ErrorKind::rejected) << location;
  }
}

TEST_F(FenceTest, AProxyIsForTheOwnersUrlsOnly) {
  testing_support::WaitingQueue<RawMessage> proxied;
  const RawServer proxy([&](const RawMessage& request) {
    proxied.push(request);
    return RawReply{answer(200, "by proxy")};
  });
  for (const char* name : {"http_proxy", "all_proxy"}) ::setenv(name, proxy.url("").c_str(), 1);
  HttpRequest request = to(inside_.url("/a"));
  const auto direct = fetch(request);
  expect_no_way(inside_.url("/b"), Reach::public_only);
  request.reach = Reach::anywhere;
  const auto through = fetch(request);
  for (const char* name : {"http_proxy", "all_proxy"}) ::unsetenv(name);

  ASSERT_TRUE(direct);
  EXPECT_EQ(direct->body, "inside");
  ASSERT_TRUE(through) << through.error().detail;
  EXPECT_EQ(through->body, "by proxy");
  EXPECT_EQ(proxied.size(), 1U);
}

TEST_F(FenceTest, AnErrorIsShortHoweverLongTheUrl) {
  const Error error = error_of_stranger("http://" + std::string(100'000, 'a') + "/" + kSecret);
  EXPECT_LT(error.detail.size(), 500U);
}

}  // namespace
}  // namespace mmsgate::net
