// SPDX-License-Identifier: Apache-2.0
// Media as a phone or a browser fetches them: whole, in parts, not at all; and health.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using testing_support::RawMessage;

class MediaTest : public ServerTest {
 protected:
  MediaTest() {
    site_.medium_link = "0123abcd/cat.png";
    site_.medium_path = folder_.file("cat");
    std::ofstream(site_.medium_path, std::ios::binary) << bytes_;
    site_.medium = {.size = bytes_.size(), .type = "image/png", .name = "a \"cat\".png", .etag = "e1"};
  }
  [[nodiscard]] RawMessage fetch(std::string_view headers = "") const {
    return ask(get("/mmsmedia/0123abcd/cat.png", headers));
  }

  const std::string bytes_ = std::string("0123456789\0\r\n", 13) + std::string(100'000, 'z');
};

TEST_F(MediaTest, GetBringsTheFileAndWhatItIs) {
  start();
  const RawMessage answer = fetch();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, bytes_);
  EXPECT_EQ(answer.header("content-type"), "image/png");
  EXPECT_EQ(answer.header("content-length"), std::to_string(bytes_.size()));
  EXPECT_EQ(answer.header("etag"), "\"e1\"");
  EXPECT_EQ(answer.header("accept-ranges"), "bytes");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("content-security-policy"), "default-src 'none'; sandbox");
  EXPECT_EQ(answer.header("cache-control"), "private, max-age=86400");
  EXPECT_EQ(answer.header("content-range"), "");
}

TEST_F(MediaTest, HeadSaysTheSameWithoutTheBytes) {
  start();
  auto client = connect();
  const std::string request = "HEAD /mmsmedia/0123abcd/cat.png HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(request + get("/healthz"));
  const RawMessage answer = client.answer_without_body();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("content-length"), std::to_string(bytes_.size()));
  EXPECT_EQ(answer.header("content-type"), "image/png");
  EXPECT_EQ(answer.header("etag"), "\"e1\"");
  EXPECT_EQ(client.answer().body, "fine\n") << "bytes of the file were sent";
}

TEST_F(MediaTest, AnEmptyFileIsWholeToo) {
  std::ofstream(site_.medium_path, std::ios::trunc);
  site_.medium.size = 0;
  start();
  EXPECT_EQ(fetch().status(), 200);
  EXPECT_EQ(fetch().body, "");
  EXPECT_EQ(fetch("Range: bytes=0-1\r\n").status(), 416);
}

TEST_F(MediaTest, RangesBringWhatTheyName) {
  start();
  const std::string size = std::to_string(bytes_.size());
  const struct {
    const char* range;
    std::size_t first, last;
  } parts[] = {
      {"bytes=0-0", 0, 0},
      {"bytes=0-9", 0, 9},
      {"bytes=5-14", 5, 14},
      {"bytes=100000-", 100000, bytes_.size() - 1},
      {"bytes=100000-9999999999999999999", 100000, bytes_.size() - 1},
      {"bytes=-3", bytes_.size() - 3, bytes_.size() - 1},
      {"bytes=-99999999", 0, bytes_.size() - 1},
  };
  for (const auto& [range, first, last] : parts) {
    const RawMessage answer = fetch(fmt::format("Range: {}\r\n", range));
    EXPECT_EQ(answer.status(), 206) << range;
    EXPECT_EQ(answer.body, bytes_.substr(first, last - first + 1)) << range;
    EXPECT_EQ(answer.header("content-range"), fmt::format("bytes {}-{}/{}", first, last, size)) << range;
    EXPECT_EQ(answer.header("content-type"), "image/png") << range;
    EXPECT_EQ(answer.header("etag"), "\"e1\"") << range;
  }
}

TEST_F(MediaTest, ARangeBehindTheEndIs416) {
  start();
  const RawMessage answer = fetch("Range: bytes=200000-\r\n");
  EXPECT_EQ(answer.status(), 416);
  EXPECT_EQ(answer.header("content-range"), fmt::format("bytes */{}", bytes_.size()));
}

TEST_F(MediaTest, RangesThatAreNotUnderstoodBringTheWhole) {
  start();
  for (const char* range : {"bytes=0-1,5-6", "lines=1-2", "bytes=9-1", "bytes=a-b", "bytes"}) {
    const RawMessage answer = fetch(fmt::format("Range: {}\r\n", range));
    EXPECT_EQ(answer.status(), 200) << range;
    EXPECT_EQ(answer.body.size(), bytes_.size()) << range;
  }
}

TEST_F(MediaTest, WhoHasItAlreadyIsTold304) {
  start();
  for (const char* known : {"\"e1\"", "\"e0\", \"e1\"", "W/\"e1\"", "*"}) {
    const RawMessage answer = fetch(fmt::format("If-None-Match: {}\r\n", known));
    EXPECT_EQ(answer.status(), 304) << known;
    EXPECT_EQ(answer.body, "") << known;
    EXPECT_EQ(answer.header("etag"), "\"e1\"") << known;
  }
  for (const char* other : {"\"e2\"", "e1", "\"e11\""}) {
    EXPECT_EQ(fetch(fmt::format("If-None-Match: {}\r\n", other)).status(), 200) << other;
  }
}

TEST_F(MediaTest, IfRangeBringsThePartOnlyOfTheSameFile) {
  start();
  EXPECT_EQ(fetch("If-Range: \"e1\"\r\nRange: bytes=0-9\r\n").status(), 206);
  EXPECT_EQ(fetch("If-Range: \"e2\"\r\nRange: bytes=0-9\r\n").body.size(), bytes_.size());
  EXPECT_EQ(fetch("If-Range: Wed, 21 Oct 2015 07:28:00 GMT\r\nRange: bytes=0-9\r\n").body.size(), bytes_.size());
}

TEST_F(MediaTest, OnlyPicturesSoundAndFilmAreShownInPlace) {
  start();
  const std::pair<const char*, const char*> kinds[] = {
      {"image/png", "inline"},           {"video/mp4", "inline"},
      {"audio/amr", "inline"},           {"image/svg+xml", "attachment"},
      {"image/x-odd", "attachment"},     {"video/x-ms-script", "attachment"},
      {"text/xml", "attachment"},        {"application/xhtml+xml", "attachment"},
      {"text/html", "attachment"},       {"text/plain", "attachment"},
      {"application/pdf", "attachment"}, {"application/octet-stream", "attachment"},
  };
  for (const auto& [type, disposition] : kinds) {
    site_.medium.type = type;
    const RawMessage answer = fetch();
    EXPECT_EQ(answer.header("x-content-type-options"), "nosniff") << type;
    EXPECT_EQ(answer.header("content-security-policy"), "default-src 'none'; sandbox") << type;
    EXPECT_EQ(answer.header("content-disposition"),
              fmt::format("{}; filename=\"a _cat_.png\"; filename*=UTF-8''a%20%22cat%22.png", disposition));
  }
}

TEST_F(MediaTest, WhatABrowserWouldRunIsServedAsBytes) {
  start();
  for (const char* type : {"text/html", "image/svg+xml", "text/xml", "text/javascript", "application/xhtml+xml"}) {
    site_.medium.type = type;
    EXPECT_EQ(fetch().header("content-type"), "application/octet-stream") << type;
    EXPECT_EQ(fetch("Range: bytes=0-1\r\n").header("content-type"), "application/octet-stream") << type;
  }
  site_.medium.type = "application/pdf";
  EXPECT_EQ(fetch().header("content-type"), "application/pdf");
}

TEST_F(MediaTest, ANameCannotWriteAHeader) {
  site_.medium.name = "a\r\nX-Evil: 1\r\n\r\nbody";
  start();
  const RawMessage answer = fetch();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("x-evil"), "");
  EXPECT_EQ(answer.body, bytes_);
}

TEST_F(MediaTest, NoSpellingOfAPathFindsAnything) {
  start();
  const std::string links[] = {
      "/mmsmedia/",
      "/mmsmedia/x",
      "/mmsmedia/../x",
      "/mmsmedia/..%2fx",
      "/mmsmedia/%2e%2e/%2e%2e/etc/passwd",
      "/mmsmedia//etc/passwd",
      "/mmsmedia/%00",
      "/mmsmedia/0123abcd/cat.png%00.jpg",
      "/mmsmedia/0123abcd/cat.png/",
      "/mmsmedia/0123abcd%5ccat.png",
      "/mmsmedia/" + std::string(20'000, 'a'),
      "/mmsmedia/%ff%fe",
  };
  for (const std::string& link : links) EXPECT_EQ(ask(get(link)).status(), 404) << link.substr(0, 60);
}

TEST_F(MediaTest, TheLinkReachesTheSiteAsOneString) {
  start();
  static_cast<void>(ask(get("/mmsmedia/a/b/../c?query=1")));
  EXPECT_EQ(site_.asked_links.pop(), "a/b/../c");
  EXPECT_EQ(ask(get("/mmsmedia")).status(), 404);
  EXPECT_EQ(ask(get("/mmsmediax/a")).status(), 404);
  EXPECT_EQ(site_.asked_links.size(), 0U);
}

TEST_F(MediaTest, TroubleOfOursIs503AndSaysNothingOfIt) {
  site_.media_error = Error{ErrorKind::transient, "cannot open /secret/folder"};
  start();
  const RawMessage answer = fetch();
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST_F(MediaTest, OtherMethodsAreTold) {
  start();
  const RawMessage answer = ask(post("/mmsmedia/0123abcd/cat.png", "text/plain", "x"));
  EXPECT_EQ(answer.status(), 405);
  EXPECT_EQ(answer.header("allow"), "GET, HEAD");
}

TEST_F(MediaTest, DescriptorsAreClosedHoweverItEnds) {
  start();
  const auto descriptors = [] {
    const auto entries = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(entries), end(entries));
  };
  static_cast<void>(fetch());
  const auto before = descriptors();
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(fetch());
    static_cast<void>(fetch("If-None-Match: *\r\n"));
    static_cast<void>(fetch("Range: bytes=200000-\r\n"));
    static_cast<void>(
        connect().ask("HEAD /mmsmedia/0123abcd/cat.png HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    connect().send(get("/mmsmedia/0123abcd/cat.png"));
  }
  EXPECT_TRUE(testing_support::eventually([&] { return descriptors() <= before; })) << descriptors();
}

TEST_F(MediaTest, HealthSaysWhatTheSiteSays) {
  start();
  const RawMessage answer = ask(get("/healthz"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, "fine\n");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_EQ(ask(post("/healthz", "text/plain", "x")).header("allow"), "GET, HEAD");
}

TEST_F(MediaTest, NoHealthIs503WithTheReason) {
  site_.health_answer = fail(ErrorKind::transient, "the store cannot write");
  start();
  const RawMessage answer = ask(get("/healthz"));
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.body, "the store cannot write\n");
}

}  // namespace
}  // namespace mmsgate::web
