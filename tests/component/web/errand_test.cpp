// SPDX-License-Identifier: Apache-2.0
// A script's upload: what of its head reaches the site, and that nothing of its body is taken before the site says so.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using testing_support::RawMessage;

const std::string kBody =
    "------line\r\nContent-Disposition: form-data; name=\"File\"; filename=\"a.png\"\r\n"
    "Content-Type: image/png\r\n\r\nbytes\r\n------line--\r\n";

class ErrandTest : public ServerTest {
 protected:
  static std::string head(std::string_view target, std::string_view more = "", std::size_t length = kBody.size()) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=----line\r\n"
        "Content-Length: {}\r\n{}\r\n",
        target, length, more);
  }
  /// Sends it; what the site was asked.
  Errand errand_of(std::string_view target, std::string_view more = "") {
    auto client = connect();
    client.send(head(target, more) + kBody);
    auto errand = site_.errands.pop();
    auto sent = site_.uploads.pop();
    if (!errand || !sent) throw std::runtime_error("it did not reach the site");
    EXPECT_TRUE(sent->upload.errand);
    EXPECT_EQ(sent->upload.draft->head(), "bytes");
    return *errand;
  }
  static Response no() { return {.status = 403, .body = "a key, please\n"}; }
};

TEST_F(ErrandTest, AllThatItSaysReachesTheSite) {
  start();
  const Errand errand = errand_of("/file?to=100000_bob&from=%2B1514&text=caf%C3%A9+%26+more&key=k");
  EXPECT_EQ(errand.to, "100000_bob");
  EXPECT_EQ(errand.from, "+1514");
  EXPECT_EQ(errand.text, "caf\u00e9 & more");
  EXPECT_EQ(errand.key, "k");
}

TEST_F(ErrandTest, WhatItDoesNotSayIsNotThere) {
  start();
  const Errand errand = errand_of("/file?to=");
  EXPECT_EQ(errand.to, "");
  EXPECT_EQ(errand.from, std::nullopt);
  EXPECT_EQ(errand.text, "");
  EXPECT_EQ(errand.key, "");
}

TEST_F(ErrandTest, TheKeyMayStandInAHeader) {
  start();
  EXPECT_EQ(errand_of("/file?to=b", "X-Upload-Key: k1\r\n").key, "k1");
  EXPECT_EQ(errand_of("/file?to=b", "Authorization: Bearer k2\r\n").key, "k2");
  EXPECT_EQ(errand_of("/file?to=b", "authorization: bEARER   k3\r\n").key, "k3");
  EXPECT_EQ(errand_of("/file?to=b&key=k5", "X-Upload-Key: k4\r\nAuthorization: Bearer k6\r\n").key, "k4");
  EXPECT_EQ(errand_of("/file?to=b&key=k5", "Authorization: Basic azY6\r\n").key, "k5") << "a proxy's own login";
  EXPECT_EQ(errand_of("/file?to=b", "Authorization: Bearer\r\n").key, "");
  EXPECT_EQ(errand_of("/file?to=b", "Authorization: Bearerk7\r\n").key, "");
}

TEST_F(ErrandTest, APhonesUploadIsNone) {
  start();
  auto client = connect();
  client.send(head("/file?key=k") + kBody);
  const auto sent = site_.uploads.pop();
  ASSERT_TRUE(sent);
  EXPECT_FALSE(sent->upload.errand);
  EXPECT_EQ(site_.errands.size(), 0U);
}

TEST_F(ErrandTest, RefusedNothingOfItIsWritten) {
  site_.refusal = no();
  start();
  const RawMessage answer = ask(head("/file?to=b") + kBody);
  EXPECT_EQ(answer.status(), 403);
  EXPECT_EQ(answer.body, "a key, please\n");
  EXPECT_EQ(site_.uploads.size(), 0U);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(ErrandTest, RefusedIsSaidBeforeTheBodyToWhoAsksFirst) {
  site_.refusal = no();
  start();
  auto client = connect();
  client.send(head("/file?to=b", "Expect: 100-continue\r\n", 50U << 20));
  EXPECT_EQ(client.answer().status(), 403) << "and not 100";
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(ErrandTest, RefusedWhileItIsSentTakesNoRoomOnTheDisk) {
  site_.refusal = no();
  start();
  auto client = connect();
  client.send(head("/file?to=b", "", 2U << 20));
  ASSERT_TRUE(site_.errands.pop());
  client.send(kBody + std::string((2U << 20) - kBody.size(), 'x'));
  EXPECT_EQ(client.answer().status(), 403);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(ErrandTest, WithoutAFileIsNoQuestionOfAPhone) {
  start();
  const std::string empty = "POST /file?to=b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
  EXPECT_EQ(ask(empty).status(), 400);
}

TEST_F(ErrandTest, WithoutAFileAndAKeyIsRefusedLikeAnyOther) {
  site_.refusal = no();
  start();
  EXPECT_EQ(ask("POST /file?to=b HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").status(), 403);
}

TEST_F(ErrandTest, IsNoLongerThanAPhonesFileMayBe) {
  options_.most_upload_bytes = 1 << 20;
  start();
  EXPECT_EQ(ask(head("/file?to=b", "Expect: 100-continue\r\n", 3U << 20)).status(), 413);
  EXPECT_EQ(site_.errands.size(), 1U) << "the key was looked at before";
}

}  // namespace
}  // namespace mmsgate::web
