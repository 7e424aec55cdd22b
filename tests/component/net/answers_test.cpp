// SPDX-License-Identifier: Apache-2.0
// What a GET brings back.
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>

#include "http_fixture.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::net {
namespace {

class AnswersTest : public HttpTest {
 protected:
  /// Fetches into a file and gives what is in it then.
  std::string fetch_to_file(const std::string& url) {
    const std::string path = folder_.file("draft");
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    HttpRequest request = to(url);
    request.save_to_fd = fd;
    response_ = fetch(std::move(request));
    ::close(fd);
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator(in), {}};
  }

  testing_support::TempFolder folder_;
  Result<HttpResponse> response_ = HttpResponse{};
};

TEST_F(AnswersTest, AnAnswerHasAllThatItSaid) {
  const RawServer server([](const RawMessage&) {
    return RawReply{
        answer(200, std::string("by\0tes", 6),
               "Content-Type: image/png; x=y\r\nContent-Disposition: attachment; filename=\"a b.png\"\r\n")};
  });
  const auto got = fetch(to(server.url("/file")));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->content_type, "image/png; x=y");
  EXPECT_EQ(got->file_name, "a b.png");
  EXPECT_EQ(got->body, std::string("by\0tes", 6));
  EXPECT_EQ(got->bytes, 6U);
}

TEST_F(AnswersTest, ARequestSaysWhoAsksAndWantsItAsItIs) {
  testing_support::WaitingQueue<RawMessage> requests;
  const RawServer server([&](const RawMessage& request) {
    requests.push(request);
    return RawReply{answer(200, "\x1f\x8b", "Content-Encoding: gzip\r\n")};
  });
  const auto got = fetch(to(server.url("/a%20b?c=d&e=%26#f")));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "\x1f\x8b");
  const auto request = requests.pop();
  ASSERT_TRUE(request);
  EXPECT_EQ(request->start, "GET /a%20b?c=d&e=%26 HTTP/1.1");
  EXPECT_EQ(request->header("user-agent"), "mmsgate/test");
  EXPECT_EQ(request->header("accept-encoding"), "");
}

TEST_F(AnswersTest, AnyStatusIsAnAnswer) {
  for (const int status : {201, 204, 304, 400, 401, 403, 404, 407, 429, 500, 503}) {
    const RawServer server([status](const RawMessage&) { return RawReply{answer(status, "")}; });
    const auto got = fetch(to(server.url("/")));
    ASSERT_TRUE(got) << status << got.error().detail;
    EXPECT_EQ(got->status, status);
  }
}

TEST_F(AnswersTest, AnEndIsToldByChunksOrByTheLineAsWell) {
  for (const char* bytes : {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n",
                            "HTTP/1.1 200 OK\r\n\r\none two", "HTTP/1.0 200 OK\r\n\r\none two"}) {
    const RawServer server([bytes](const RawMessage&) { return RawReply{bytes}; });
    const auto got = fetch(to(server.url("/")));
    ASSERT_TRUE(got) << got.error().detail;
    EXPECT_EQ(got->body, "one two");
    EXPECT_EQ(got->bytes, 7U);
  }
}

TEST_F(AnswersTest, WhatComesBehindTheBodyChangesNothing) {
  const RawServer server([](const RawMessage&) {
    return RawReply{
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n"
        "Content-Type: text/html\r\nHTTP/1.1: 500\r\n\r\n"};
  });
  const auto got = fetch(to(server.url("/")));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "one");
  EXPECT_EQ(got->content_type, "text/plain");
}

TEST_F(AnswersTest, AFileGoesWhereItWasSentTo) {
  const std::string bytes(3 << 18, 'x');
  const RawServer server([&](const RawMessage&) { return RawReply{answer(200, bytes)}; });
  EXPECT_EQ(fetch_to_file(server.url("/")), bytes);
  ASSERT_TRUE(response_) << response_.error().detail;
  EXPECT_EQ(response_->bytes, bytes.size());
  EXPECT_EQ(response_->body, "");
}

TEST_F(AnswersTest, ARedirectLeavesNeitherBytesNorName) {
  const RawServer server([](const RawMessage& request) {
    if (request.start.find("/moved") == std::string::npos) {
      return RawReply{answer(302, "<p>It has moved</p>",
                             "Location: /moved\r\nContent-Type: text/html\r\n"
                             "Content-Disposition: attachment; filename=\"moved.html\"\r\n")};
    }
    return RawReply{answer(200, "the file")};
  });
  EXPECT_EQ(fetch_to_file(server.url("/")), "the file");
  ASSERT_TRUE(response_) << response_.error().detail;
  EXPECT_EQ(response_->bytes, 8U);
  EXPECT_EQ(response_->status, 200);
  EXPECT_EQ(response_->file_name, "");
  EXPECT_EQ(response_->content_type, "");
}

TEST_F(AnswersTest, AFullDiskIsTransient) {
  const RawServer server([](const RawMessage&) { return RawReply{answer(200, "bytes")}; });
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  HttpRequest request = to(server.url("/"));
  request.save_to_fd = full;
  const Error error = error_of(std::move(request));
  ::close(full);
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("No space left"), std::string::npos) << error.detail;
}

TEST_F(AnswersTest, FiveRedirectsAreFollowedAndNoMore) {
  std::atomic<int> asked = 0;
  const RawServer server([&](const RawMessage& request) {
    ++asked;
    const int left = std::stoi(request.start.substr(5));
    if (left == 0) return RawReply{answer(200, "there")};
    return RawReply{answer(301, "", fmt::format("Location: /{}\r\n", left - 1))};
  });
  const auto got = fetch(to(server.url("/5")));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "there");
  asked = 0;
  EXPECT_EQ(error_of(to(server.url(fmt::format("/6?key={}", kSecret)))).kind, ErrorKind::rejected);
  EXPECT_EQ(asked, 6);
}

TEST_F(AnswersTest, ALineIsUsedAgain) {
  std::mutex mutex;
  std::set<std::thread::id> lines;
  const RawServer server([&](const RawMessage&) {
    const std::lock_guard lock(mutex);
    lines.insert(std::this_thread::get_id());
    return RawReply{answer(200, "x"), Then::next};
  });
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(fetch(to(server.url("/"))));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(lines.size(), 1U);
}

}  // namespace
}  // namespace mmsgate::net
