// SPDX-License-Identifier: Apache-2.0
// A phone's upload: the question, the file, and all that can be wrong with it. Whatever is refused leaves no file.
#include "server_fixture.hpp"

namespace mmsgate::web {
namespace {

using namespace std::string_literals;
using testing_support::eventually;
using testing_support::RawMessage;

constexpr const char* kForm = "multipart/form-data; boundary=----line";

class UploadTest : public ServerTest {
 protected:
  HandSite::Sent next_upload() {
    auto sent = site_.uploads.pop();
    if (!sent) throw std::runtime_error("no upload reached the site");
    return std::move(*sent);
  }

  static std::string part(std::string_view disposition, std::string_view type, std::string_view bytes) {
    return fmt::format("------line\r\nContent-Disposition: {}\r\nContent-Type: {}\r\n\r\n{}\r\n", disposition, type,
                       bytes);
  }
  static std::string file_part(std::string_view bytes) {
    return part("form-data; name=\"File\"; filename=\"a.png\"", "image/png", bytes);
  }
  static std::string form(std::string_view parts) { return fmt::format("{}------line--\r\n", parts); }

  static std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator(in), {}};
  }
  [[nodiscard]] std::string path_of(const BlobId& id) const {
    return folder_.file("media/" + id.str().substr(0, 2) + "/" + id.str());
  }
};

TEST_F(UploadTest, TheQuestionHasNoLengthAndIsAnswered204) {
  start();
  // As liblinphone 5.1 sends it.
  auto client = connect();
  const RawMessage answer = client.ask(
      "POST /file HTTP/1.1\r\nUser-Agent: LinphoneAndroid/5.2\r\nHost: h\r\nFrom: sip:123456_bob@example.com\r\n\r\n");
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(client.ask("POST /file HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").status(), 204);
  EXPECT_EQ(site_.uploads.size(), 0U);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadTest, LinphonesFormArrivesWithAllThatItSays) {
  start();
  const std::string bytes = "\x89PNG\r\n\x1a\n\0binary\r\n------lin\r\n--"s;
  const std::string body =
      form(part("form-data;name=\"File\";filename=\"pic & ture.png\"", "image/png;charset=x", bytes));
  auto client = connect();
  client.send(
      fmt::format("POST /file?account=123456_bob HTTP/1.1\r\nHost: h\r\nFrom: sip:123456_bob@example.com\r\n"
                  "Content-Type: {}\r\nContent-Length: {}\r\n\r\n{}",
                  kForm, body.size(), body));
  auto sent = next_upload();
  EXPECT_EQ(sent.upload.name, "pic & ture.png");
  EXPECT_EQ(sent.upload.type, "image/png;charset=x");
  EXPECT_EQ(sent.upload.from, "sip:123456_bob@example.com");
  EXPECT_FALSE(sent.upload.errand);
  const auto kept = sent.upload.draft->keep();
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(kept->size, bytes.size());
  EXPECT_EQ(read_file(path_of(kept->id)), bytes);

  sent.reply.answer({.status = 200, .content_type = "application/xml", .body = "<file/>"});
  const RawMessage answer = client.answer();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body, "<file/>");
}

TEST_F(UploadTest, TheFileIsWholeAndNotKeptYetWhenTheSiteHearsOfIt) {
  start();
  auto client = connect();
  client.send(post("/file", kForm, form(file_part("bytes"))));
  {
    const auto sent = next_upload();
    EXPECT_EQ(sent.upload.draft->head(), "bytes");
    EXPECT_EQ(files_on_disk(), 1U);
  }
  EXPECT_EQ(client.answer().status(), 500);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadTest, OtherFieldsOfTheFormAreNotTheFile) {
  start();
  auto client = connect();
  client.send(post("/file", kForm,
                   form(part("form-data; name=\"note\"", "text/plain", "no file") + file_part("the file") +
                        part("form-data; name=\"end\"", "text/plain", "neither"))));
  EXPECT_EQ(next_upload().upload.draft->head(), "the file");
}

TEST_F(UploadTest, ANameMayBeEmptyOrStrange) {
  start();
  const std::pair<const char*, const char*> names[] = {
      {R"(filename="")", ""},
      {R"(filename="../../etc/passwd")", "../../etc/passwd"},
      {R"(filename="a \"b\".png")", "a \"b\".png"},
      {R"(filename*=UTF-8''caf%C3%A9.png)", "caf\u00e9.png"},
  };
  for (const auto& [parameter, name] : names) {
    auto client = connect();
    client.send(
        post("/file", kForm, form(part(fmt::format("form-data; name=\"File\"; {}", parameter), "image/png", "x"))));
    EXPECT_EQ(next_upload().upload.name, name) << parameter;
  }
}

TEST_F(UploadTest, ChunkedIsTakenAsWell) {
  start();
  const std::string body = form(file_part("in chunks"));
  auto client = connect();
  client.send(
      fmt::format("POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\n\r\n", kForm));
  for (const char byte : body) client.send(fmt::format("1\r\n{}\r\n", byte));
  client.send("0\r\n\r\n");
  EXPECT_EQ(next_upload().upload.draft->head(), "in chunks");
}

TEST_F(UploadTest, WhatIsNoFormWithOneWholeFileIs400) {
  start();
  const std::string one = form(file_part("x"));
  const std::pair<const char*, std::string> wrong[] = {
      {"a type that is no form", post("/file", "image/png", "x")},
      {"no type", "POST /file HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"},
      {"no boundary", post("/file", "multipart/form-data", one)},
      {"an empty boundary", post("/file", "multipart/form-data; boundary=\"\"", one)},
      {"another boundary", post("/file", "multipart/form-data; boundary=other", one)},
      {"a boundary that does not end its line", post("/file", kForm, "------linex\r\n")},
      {"no part", post("/file", kForm, "------line--\r\n")},
      {"no file", post("/file", kForm, form(part("form-data; name=\"note\"", "text/plain", "x")))},
      {"two files", post("/file", kForm, form(file_part("1") + file_part("2")))},
      {"no end", post("/file", kForm, file_part("x"))},
      {"headers of a part without end", post("/file", kForm, "------line\r\nA: " + std::string(20000, 'a'))},
  };
  for (const auto& [what, request] : wrong) {
    const RawMessage answer = ask(request);
    EXPECT_EQ(answer.status(), 400) << what;
    EXPECT_NE(answer.body, "") << what;
    EXPECT_EQ(files_on_disk(), 0U) << what;
  }
  EXPECT_EQ(site_.uploads.size(), 0U);
}

TEST_F(UploadTest, CutOffInTheMiddleLeavesNothing) {
  start();
  {
    auto client = connect();
    client.send(fmt::format("POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: {}\r\nContent-Length: 100000\r\n\r\n{}",
                            kForm, file_part(std::string(10000, 'x'))));
    ASSERT_TRUE(eventually([this] { return files_on_disk() == 1; }));
  }
  EXPECT_TRUE(eventually([this] { return files_on_disk() == 0; }));
  EXPECT_EQ(site_.uploads.size(), 0U);
}

TEST_F(UploadTest, StoppingInTheMiddleLeavesNothing) {
  start();
  auto client = connect();
  client.send(fmt::format("POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: {}\r\nContent-Length: 100000\r\n\r\n{}",
                          kForm, file_part(std::string(10000, 'x'))));
  ASSERT_TRUE(eventually([this] { return files_on_disk() == 1; }));
  server_.reset();
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(UploadTest, ExpectIsToldToGoOn) {
  start();
  const std::string body = form(file_part("expected"));
  auto client = connect();
  client.send(
      fmt::format("POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
                  "Expect: 100-continue\r\n\r\n",
                  kForm, body.size()));
  EXPECT_EQ(client.answer().status(), 100);
  client.send(body);
  EXPECT_EQ(next_upload().upload.draft->head(), "expected");
}

TEST_F(UploadTest, ExpectIsRefusedAtOnce) {
  start();
  auto client = connect();
  client.send(
      "POST /file HTTP/1.1\r\nHost: h\r\nContent-Type: image/png\r\nContent-Length: 5000\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.answer().status(), 400);
}

TEST_F(UploadTest, NoRoomIs507) {
  site_.upload_error = Error{ErrorKind::transient, "cannot write in /secret/folder"};
  start();
  const RawMessage answer = ask(post("/file", kForm, form(file_part("x"))));
  EXPECT_EQ(answer.status(), 507);
  EXPECT_EQ(answer.body.find("/secret"), std::string::npos);
}

TEST_F(UploadTest, OtherMethodsAreTold) {
  start();
  const RawMessage answer = ask(get("/file"));
  EXPECT_EQ(answer.status(), 405);
  EXPECT_EQ(answer.header("allow"), "POST");
}

}  // namespace
}  // namespace mmsgate::web
