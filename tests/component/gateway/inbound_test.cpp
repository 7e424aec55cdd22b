// SPDX-License-Identifier: Apache-2.0
// What VoIP.ms hears when its web hook calls, and what is in the store by then.
#include "gateway/inbound.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "component/gateway/engine_fixture.hpp"
#include "component/gateway/hand_http.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class InboundTest : public EngineTest {
 protected:
  void SetUp() override {
    start();
    tokens_ = std::make_unique<HookTokens>(world());
    ASSERT_TRUE(tokens_->start());
    check_ = std::make_unique<HookCheck>(world(), api_);
    inbound_ = std::make_unique<Inbound>(world(), *tokens_, *check_, *deliveries_,
                                         [this] { deliveries_->poke(Target::phone); });
  }

  web::HookRequest post(const std::string& event, const std::string& id) {
    return {.token = token(),
            .body = R"({"data":{"event_type":")" + event + R"(","payload":{"id":)" + id +
                    R"(,"from":{"phone_number":"5145550199"},"to":[{"phone_number":"5145550100"}],"text":"hi"}}})"};
  }
  [[nodiscard]] std::string token() { return store_->hook_tokens()->front().token; }
  web::Response call(const web::HookRequest& request) {
    std::promise<web::Response> answer;
    inbound_->on_hook(request, web::Reply([&](web::Response response) { answer.set_value(std::move(response)); }));
    return answer.get_future().get();
  }
  [[nodiscard]] std::vector<store::Summary> stored() { return store_->list(100, false).value(); }

  HandHttp http_;
  voipms::Api api_{{.url = "http://api.example/rest.php"}, http_};
  std::unique_ptr<HookTokens> tokens_;
  std::unique_ptr<HookCheck> check_;
  std::unique_ptr<Inbound> inbound_;
};

TEST_F(InboundTest, AMessageIsInTheStoreWhenVoipMsHearsOk) {
  const auto answer = call(post("message.received", "7"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "ok");
  EXPECT_THAT(stored(), SizeIs(1));
  EXPECT_TRUE(phones_.tries.pop()) << "and it is on its way at once";
}

TEST_F(InboundTest, TheSameAgainIsAnsweredAgainAndStoredOnce) {
  EXPECT_EQ(call(post("message.received", "7")).status, 200);
  EXPECT_EQ(call(post("message.received", "7")).status, 200);
  EXPECT_EQ(call(post("message.received", "\"7\"")).status, 200);
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_F(InboundTest, TheOlderCallBackIsTakenToo) {
  web::HookRequest get{.post = false, .token = token()};
  get.query = {{"id", "7"}, {"from", "5145550199"}, {"to", "5145550100"}, {"message", "hi"}};
  EXPECT_EQ(call(get).body, "ok");
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_F(InboundTest, WhenTooManyWaitVoipMsIsToComeAgain) {
  const int waiting = fall_behind(Target::phone);
  const auto before = stored().size();
  const web::Response refusal = call(post("message.received", "99999"));
  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.headers.front().first, "Retry-After");
  EXPECT_EQ(stored().size(), before);
  catch_up(Target::phone, waiting);
  EXPECT_EQ(call(post("message.received", "99999")).status, 200);
}

TEST_F(InboundTest, OtherEventsAreTakenAndDropped) {
  EXPECT_EQ(call(post("message.finalized", "7")).status, 200);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(InboundTest, NonsenseIsABadRequestWithAReason) {
  const auto answer = call({.token = token(), .body = "{\"data\":"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("JSON"));
  EXPECT_THAT(call(post("message.received", "0")).body, HasSubstr("id"));
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(InboundTest, BeforeAnySubAccountIsKnownItIsToComeAgain) {
  book_.replace(Directory());
  const auto answer = call(post("message.received", "7"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("sub accounts"));
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(InboundTest, WhatCannotBeStoredIsToComeAgain) {
  std::filesystem::rename(folder_.file("m.sqlite"), folder_.file("elsewhere.sqlite"));
  const auto answer = call(post("message.received", "7"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers, (std::vector<std::pair<std::string, std::string>>{{"Retry-After", "60"}}));
  std::filesystem::rename(folder_.file("elsewhere.sqlite"), folder_.file("m.sqlite"));
  EXPECT_EQ(call(post("message.received", "7")).status, 200) << "and when it is back, so are we";
}

}  // namespace
}  // namespace mmsgate::gateway
