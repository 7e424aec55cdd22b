// SPDX-License-Identifier: Apache-2.0
// A POST: what is in the form arrives as it is, and once.
#include <atomic>

#include "formats/mime.hpp"
#include "http_fixture.hpp"

namespace mmsgate::net {
namespace {

class FormTest : public HttpTest {
 protected:
  static HttpRequest post(const RawServer& server) {
    HttpRequest request = to(server.url("/rest.php"));
    request.form = {{"api_password", kSecret}};
    return request;
  }
};

TEST_F(FormTest, EveryByteOfAValueArrives) {
  const std::vector<std::pair<std::string, std::string>> form = {
      {"api_username", "bob@example.com"},
      {"api_password", "p&s=w%20\"o\\r+d;\xC3\xA9\xF0\x9F\x98\x80"},
      {"empty", ""},
      {"lines", "one\r\ntwo\n--three--\r\n"},
      {"zero", std::string("a\0b", 3)},
      {"media1", std::string(1'000'000, 'x')},
  };
  testing_support::WaitingQueue<RawMessage> requests;
  const RawServer server([&](const RawMessage& request) {
    requests.push(request);
    return RawReply{answer(200, "{}")};
  });
  HttpRequest request = to(server.url("/rest.php"));
  request.form = form;
  const auto got = fetch(std::move(request));
  ASSERT_TRUE(got) << got.error().detail;
  const auto sent = requests.pop();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->start, "POST /rest.php HTTP/1.1");
  const auto type = formats::parse_content_type(sent->header("content-type"));
  EXPECT_EQ(type.type, "multipart/form-data");
  const auto parts = formats::parse_multipart(sent->body, type.parameters.at("boundary"));
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->size(), form.size());
  for (std::size_t i = 0; i < form.size(); ++i) {
    EXPECT_EQ((*parts)[i].headers.at("content-disposition"), fmt::format("form-data; name=\"{}\"", form[i].first));
    EXPECT_EQ((*parts)[i].body, form[i].second);
  }
}

TEST_F(FormTest, ARedirectIsAnAnswerAndNotFollowed) {
  std::atomic<int> asked = 0;
  const RawServer server([&](const RawMessage&) {
    ++asked;
    return RawReply{answer(307, "", "Location: /elsewhere\r\n")};
  });
  const auto got = fetch(post(server));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->status, 307);
  EXPECT_EQ(asked, 1);
}

TEST_F(FormTest, OnAKeptLineThatBreaksItIsNotSentAgain) {
  std::atomic<int> asked = 0;
  const RawServer server([&](const RawMessage&) {
    return ++asked == 1 ? RawReply{answer(200, "x"), Then::next} : RawReply{"", Then::close};
  });
  ASSERT_TRUE(fetch(post(server)));
  const Error error = error_of(post(server));
  EXPECT_EQ(error.kind, ErrorKind::unanswered) << "who asked has to find out whether it was done";
  EXPECT_EQ(asked, 2);
}

TEST_F(FormTest, OnAKeptLineThatBreaksAGetIsAskedAgain) {
  std::atomic<int> asked = 0;
  const RawServer server([&](const RawMessage&) {
    return ++asked == 2 ? RawReply{"", Then::close} : RawReply{answer(200, "x"), Then::next};
  });
  ASSERT_TRUE(fetch(to(server.url("/"))));
  ASSERT_TRUE(fetch(to(server.url("/"))));
  EXPECT_EQ(asked, 3);
}

}  // namespace
}  // namespace mmsgate::net
