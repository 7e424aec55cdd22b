// SPDX-License-Identifier: Apache-2.0
// What goes over the wire to VoIP.ms for a delivery, and that nothing is sent twice.
#include "gateway/carrier_sender.hpp"

#include <gmock/gmock.h>

#include <map>

#include "component/gateway/engine_fixture.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;

/// HTTP whose answers the test has written; keeps what was asked.
class ScriptedHttp final : public net::HttpClient {
 public:
  using Fields = std::multimap<std::string, std::string>;
  void start(net::HttpRequest request, Done done) override {
    urls.push_back(request.url);
    calls.emplace_back(request.form.begin(), request.form.end());
    Result<std::string> answer =
        answers.pop(std::chrono::milliseconds(0)).value_or(fail(ErrorKind::transient, "no more answers"));
    if (!answer) return done(std::unexpected(answer.error()));
    done(net::HttpResponse{.status = status, .body = *answer});
  }
  void post(std::move_only_function<void()> task) override { task(); }
  void stop() override {}
  testing_support::WaitingQueue<Result<std::string>> answers;
  std::vector<Fields> calls;
  std::vector<std::string> urls;
  int status = 200;
};

class CarrierSenderTest : public EngineTest {
 protected:
  void SetUp() override {
    settings_.media_base = "http://gw.example/mms";
    start();
  }
  Verdict send(const store::Job& job) {
    voipms::Api api({.url = "http://api.example/rest.php", .user = "owner@example.org", .password = "p&ss=1"}, http_);
    CarrierSender sender(world(), api);
    Verdict verdict;
    int ended = 0;
    sender.send(job, {.in_hand = [] {},
                      .ended =
                          [&](Verdict v) {
                            verdict = std::move(v);
                            ++ended;
                          }});
    EXPECT_EQ(ended, 1);
    return verdict;
  }
  std::string field(std::size_t call, const std::string& name) {
    if (call >= http_.calls.size()) return "(no such call)";
    const auto it = http_.calls[call].find(name);
    return it == http_.calls[call].end() ? "(none)" : it->second;
  }
  store::Job text_{.destination = "5145550199",
                   .slice = {.text_bytes = 2},
                   .tries = 1,
                   .accepted_at = clock_.now(),
                   .own = "5145550100",
                   .text = "hi"};
  ScriptedHttp http_;
};

TEST_F(CarrierSenderTest, AShortTextIsAnSms) {
  http_.answers.push(R"({"status":"success","sms":23434})");
  const Verdict verdict = send(text_);
  EXPECT_EQ(verdict.event, Event::accepted);
  EXPECT_EQ(verdict.result_id, "23434");
  EXPECT_EQ(field(0, "method"), "sendSMS");
  EXPECT_EQ(field(0, "did"), "5145550100");
  EXPECT_EQ(field(0, "dst"), "5145550199");
  EXPECT_EQ(field(0, "message"), "hi");
}

// Predecessor's defect 14: the API password travelled in a URL and into logs.
TEST_F(CarrierSenderTest, Defect14_ThePasswordIsNeverInAUrl) {
  http_.answers.push(R"({"status":"success","sms":1})");
  send(text_);
  EXPECT_EQ(http_.urls[0], "http://api.example/rest.php");
  EXPECT_EQ(field(0, "api_password"), "p&ss=1");
}

TEST_F(CarrierSenderTest, ALongTextAndPicturesAreAnMms) {
  http_.answers.push(R"({"status":"success","mms":"77"})");
  text_.text = std::string(161, 'x');
  text_.slice.text_bytes = 161;
  EXPECT_EQ(send(text_).result_id, "77");
  EXPECT_EQ(field(0, "method"), "sendMMS");
}

TEST_F(CarrierSenderTest, OurFilesGoByTheirLinks) {
  http_.answers.push(R"({"status":"success","mms":78})");
  text_.parts = {{.type = "image/png", .blob = BlobId::make(random_), .state = PartState::stored},
                 {.source_url = "https://files.example.org/x.jpg", .state = PartState::stored}};
  text_.slice.part_count = 2;
  send(text_);
  EXPECT_THAT(field(0, "media1"), HasSubstr("http://gw.example/mms/"));
  EXPECT_EQ(field(0, "media2"), "https://files.example.org/x.jpg");
}

TEST_F(CarrierSenderTest, ASecondTryAsksTheLogFirstAndFindsIt) {
  text_.tries = 2;
  const std::string now = rfc3339(clock_.now());
  http_.answers.push(R"({"status":"success","sms":[{"id":"55","date":")" + now.substr(0, 10) + " " + now.substr(11, 8) +
                     R"(","type":"0","did":"5145550100","contact":"5145550199","message":"hi"}]})");
  const Verdict verdict = send(text_);
  EXPECT_EQ(verdict.event, Event::accepted);
  EXPECT_EQ(verdict.result_id, "55");
  ASSERT_EQ(http_.calls.size(), 1U) << "and sends nothing";
  EXPECT_EQ(field(0, "method"), "getMMS");
}

TEST_F(CarrierSenderTest, ASecondTryThatIsNotInTheLogIsSent) {
  text_.tries = 2;
  http_.answers.push(R"({"status":"no_sms"})");
  http_.answers.push(R"({"status":"success","sms":56})");
  EXPECT_EQ(send(text_).result_id, "56");
}

TEST_F(CarrierSenderTest, NotKnowingIsNoReasonToSendTwice) {
  text_.tries = 2;
  http_.answers.push(std::unexpected(Error{ErrorKind::transient, "timed out"}));
  EXPECT_EQ(send(text_).event, Event::postponed);
  EXPECT_EQ(http_.calls.size(), 1U);
  // The question failed six times, and the message, which the carrier had, was given up.
  http_.answers.push(R"({"status":"brand_new_word"})");
  const Verdict verdict = send(text_);
  EXPECT_EQ(verdict.event, Event::postponed);
  EXPECT_FALSE(verdict.unclear) << "not knowing is no reason to give up either";
}

TEST_F(CarrierSenderTest, WordsOfTheCarrierMeanWhatTheyMean) {
  http_.answers.push(R"({"status":"invalid_dst"})");
  EXPECT_EQ(send(text_).event, Event::refused);
  http_.answers.push(R"({"status":"limit_reached"})");
  EXPECT_TRUE(send(text_).slow);
  http_.answers.push(R"({"status":"brand_new_word"})");
  const Verdict unknown = send(text_);
  EXPECT_TRUE(unknown.unclear);
  EXPECT_THAT(unknown.reason, HasSubstr("brand_new_word"));
  http_.answers.push("<html>");
  EXPECT_TRUE(send(text_).unsettled);
}

TEST_F(CarrierSenderTest, AnErrorPageIsTheServersTroubleNotTheMessages) {
  http_.status = 502;
  http_.answers.push(R"({"status":"invalid_dst"})");
  const Verdict verdict = send(text_);
  EXPECT_EQ(verdict.event, Event::postponed);
  EXPECT_FALSE(verdict.unclear);
  EXPECT_TRUE(verdict.unsettled) << "what stands before their servers may have lost patience before they did";
  http_.status = 429;
  http_.answers.push("slow down");
  EXPECT_EQ(send(text_).event, Event::postponed);
}

}  // namespace
}  // namespace mmsgate::gateway
