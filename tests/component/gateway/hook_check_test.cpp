// SPDX-License-Identifier: Apache-2.0
// Web hooks without a token: what VoIP.ms' log shows is believed, and a stranger costs us little.
#include "gateway/hook_check.hpp"

#include <gmock/gmock.h>

#include "component/gateway/engine_fixture.hpp"
#include "component/gateway/hand_http.hpp"
#include "gateway/inbound.hpp"
#include "support/eventually.hpp"

namespace mmsgate::gateway {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using testing_support::eventually;

class HookCheckTest : public EngineTest {
 protected:
  void SetUp() override {
    settings_.hook_pause = std::chrono::milliseconds(1);
    begin();
  }
  void begin() {
    if (!store_) start();
    tokens_ = std::make_unique<HookTokens>(world());
    ASSERT_TRUE(tokens_->start());
    check_ = std::make_unique<HookCheck>(world(), api_);
    inbound_ = std::make_unique<Inbound>(world(), *tokens_, *check_, *deliveries_,
                                         [this] { deliveries_->poke(Target::phone); });
  }

  static web::HookRequest told(const std::string& id, const std::string& text = "hi",
                               const std::string& source = "192.0.2.1") {
    return {.body = R"({"data":{"event_type":"message.received","payload":{"id":)" + id +
                    R"(,"from":{"phone_number":"5145550199"},"to":[{"phone_number":"5145550100"}],"text":")" + text +
                    R"("}}})",
            .source = formats::IpAddress::parse(source).value()};
  }
  [[nodiscard]] std::string token() { return store_->hook_tokens()->front().token; }
  void call(const web::HookRequest& request) {
    inbound_->on_hook(request, web::Reply([this](web::Response response) { answers_.push(std::move(response)); }));
  }
  int status() {
    auto answer = answers_.pop();
    return answer ? answer->status : 0;
  }
  /// As getMMS shows it, a minute ago.
  std::string entry(const std::string& id, const std::string& text = "hi", const std::string& more = "",
                    Duration ago = std::chrono::minutes(1)) const {
    std::string date = rfc3339(clock_.now() - ago).substr(0, 19);
    date[10] = ' ';
    return R"({"id":")" + id + R"(","date":")" + date +
           R"(","type":"1","did":"5145550100","contact":"5145550199","message":")" + text + "\"" + more + "}";
  }
  static std::string log(const std::string& entries) { return R"({"status":"success","sms":[)" + entries + "]}"; }
  [[nodiscard]] std::vector<store::Summary> stored() { return store_->list(1000, false).value(); }
  std::string stored_id() { return (*store_->history(stored().front().id))->provider_id; }
  std::string stored_text() {
    auto sent = phones_.tries.pop();
    return sent ? sent->job.text : "nothing was sent";
  }

  HandHttp http_;
  voipms::Api api_{{.url = "http://api.example/rest.php"}, http_};
  testing_support::WaitingQueue<web::Response> answers_;
  std::unique_ptr<HookTokens> tokens_;
  std::unique_ptr<HookCheck> check_;
  std::unique_ptr<Inbound> inbound_;
};

TEST_F(HookCheckTest, WhatTheLogHasUnderItsIdIsStoredAndThenAnswered) {
  call(told("7"));
  auto look = http_.next();
  EXPECT_EQ(look.method, "getMMS");
  EXPECT_EQ(answers_.size(), 0U);
  EXPECT_THAT(stored(), IsEmpty());
  look.answer(log(entry("7")));
  EXPECT_EQ(status(), 200);
  EXPECT_THAT(stored(), SizeIs(1));
  EXPECT_EQ(stored_text(), "hi");
}

// Ids are easily guessed: who races the true web hook with one must not choose the words.
TEST_F(HookCheckTest, UnderAnIdOfTheLogTheWordsOfTheLogCount) {
  call(told("7", "send money"));
  http_.next().answer(log(entry("7", "see you")));
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(stored_text(), "see you");
}

TEST_F(HookCheckTest, WhatTheLogHasUnderAnotherIdIsFoundByItsWords) {
  call(told("7"));
  http_.next().answer(log(entry("1234")));
  EXPECT_EQ(status(), 200);
  ASSERT_THAT(stored(), SizeIs(1));
  EXPECT_EQ(stored_id(), "1234");
  // Whoever knows the words can tell them again and again: nobody is shown them twice.
  call(told("8"));
  http_.next().answer(log(entry("1234")));
  EXPECT_EQ(status(), 200);
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_F(HookCheckTest, WhatWasToldWithATokenIsNotDoubledByItsWords) {
  web::HookRequest proven = told("7");
  proven.token = token();
  call(proven);
  EXPECT_EQ(status(), 200);
  call(told("8"));
  http_.next().answer(log(entry("1234")));
  EXPECT_EQ(status(), 200);
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_F(HookCheckTest, OtherWordsAnotherSenderMediaOrAnotherTimeProveNothing) {
  call(told("7"));
  const std::string other_sender =
      R"({"id":"12","date":"2026-01-01 00:00:00","type":"1","did":"5145550100","contact":"5145550198","message":"hi"})";
  const std::string all = entry("9", "hi!") + "," + other_sender + "," +
                          entry("10", "hi", R"(,"media":["https://a/1.png"])") + "," +
                          entry("11", "hi", "", std::chrono::hours(49));
  for (int i = 0; i < 2; ++i) http_.next().answer(log(all));
  EXPECT_EQ(status(), 403);
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_EQ(http_.calls.size(), 0U) << "nobody waits any more";
}

TEST_F(HookCheckTest, AMessageOfOurOwnProvesNothing) {
  call(told("7"));
  std::string sent = entry("7");
  sent.replace(sent.find(R"("type":"1")"), 10, R"("type":"0")");
  for (int i = 0; i < 2; ++i) http_.next().answer(log(sent));
  EXPECT_EQ(status(), 403);
}

TEST_F(HookCheckTest, ALogThatIsAMomentBehindIsLookedAtAgain) {
  call(told("7"));
  http_.next().answer(R"({"status":"no_sms"})");
  http_.next().answer(log(entry("7")));
  EXPECT_EQ(status(), 200);
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_F(HookCheckTest, WhenTheLogCannotBeReadItIsToComeAgain) {
  call(told("7"));
  http_.next().fail();
  auto answer = answers_.pop();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->headers, (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "60"}}));
  call(told("7"));
  http_.next().answer(R"({"status":"invalid_credentials"})");
  EXPECT_EQ(status(), 503);
  call(told("7"));
  http_.next().answer(log(entry("7")));
  EXPECT_EQ(status(), 200);
}

TEST_F(HookCheckTest, TheLogIsAskedOnceForAllThatWait) {
  call(told("100"));
  auto first = http_.next();
  std::string entries = entry("99", "0");
  for (int i = 1; i < 10; ++i) {
    call(told(std::to_string(100 + i), std::to_string(i)));
    entries += "," + entry(std::to_string(100 + i), std::to_string(i));
  }
  EXPECT_EQ(http_.calls.size(), 0U) << "one look at a time";
  first.answer(R"({"status":"no_sms"})");
  http_.next().answer(log(entries));
  int found = 0;
  for (int i = 0; i < 10; ++i) found += status() == 200 ? 1 : 0;
  EXPECT_EQ(found, 9) << "and the first was told no at its second look";
  EXPECT_EQ(http_.calls.size(), 0U);
}

TEST_F(HookCheckTest, NotBeforeAPause) {
  settings_.hook_pause = std::chrono::hours(1);
  begin();
  call(told("7"));
  http_.next().answer(log(entry("7")));
  EXPECT_EQ(status(), 200);
  call(told("8"));
  EXPECT_FALSE(http_.calls.pop(std::chrono::milliseconds(100)));
  EXPECT_EQ(answers_.size(), 0U) << "it waits";
}

TEST_F(HookCheckTest, OnlySoManyOfOneAddressWaitAndOnlySoManyInAll) {
  settings_.hook_pause = std::chrono::hours(1);
  begin();
  for (int i = 0; i < 20; ++i) call(told(std::to_string(100 + i), "x", "2001:db8::" + std::to_string(i)));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(status(), 503) << "a household's /64 is one";
  EXPECT_EQ(answers_.size(), 0U);
  int refused = 0;
  for (int i = 0; i < 200; ++i) call(told(std::to_string(200 + i), "x", "192.0.2." + std::to_string(i)));
  ASSERT_TRUE(eventually([&] {
    while (answers_.size() > 0) refused += status() == 503 ? 1 : 0;
    return refused >= 200 - (128 - 16);
  }));
  EXPECT_EQ(refused, 200 - (128 - 16));
  // And there is room again when they are gone.
  http_.next().fail();
  ASSERT_TRUE(eventually([&] { return answers_.size() >= 1; }));
}

TEST_F(HookCheckTest, LargeBodiesDoNotFillTheMemory) {
  settings_.hook_pause = std::chrono::hours(1);
  begin();
  const std::string large(900'000, 'x');
  for (int i = 0; i < 10; ++i) call(told(std::to_string(100 + i), large, "192.0.2." + std::to_string(i)));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(status(), 503);
  EXPECT_EQ(answers_.size(), 0U) << "four have room";
}

TEST_F(HookCheckTest, TrustAsksNobody) {
  settings_.hook_bare = HookBare::trust;
  begin();
  call(told("7"));
  EXPECT_EQ(status(), 200);
  EXPECT_THAT(stored(), SizeIs(1));
  EXPECT_EQ(http_.calls.size(), 0U);
}

TEST_F(HookCheckTest, RefuseIsAPathThatThereIsNot) {
  settings_.hook_bare = HookBare::refuse;
  begin();
  call(told("7"));
  EXPECT_EQ(status(), 404);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(HookCheckTest, WithHookcheckATokenIsNotEnough) {
  settings_.hook_check = true;
  begin();
  web::HookRequest request = told("7");
  request.token = token();
  call(request);
  for (int i = 0; i < 2; ++i) http_.next().answer(R"({"status":"no_sms"})");
  EXPECT_EQ(status(), 403);
  call(request);
  http_.next().answer(log(entry("7")));
  EXPECT_EQ(status(), 200);
}

}  // namespace
}  // namespace mmsgate::gateway
