// SPDX-License-Identifier: Apache-2.0
// What a phone hears when it sends, and what is in the store by then.
#include "gateway/outbound.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "component/gateway/engine_fixture.hpp"
#include "formats/rcs_file.hpp"
#include "gateway/links.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class OutboundTest : public EngineTest {
 protected:
  void SetUp() override {
    settings_.media_base = "https://sms.example.org/m";
    start();
    outbound_ = std::make_unique<Outbound>(world(), *deliveries_);
  }

  static sip::Request request(std::string type, std::string body) {
    return {.from_user = kAlice,
            .from_tag = "tag",
            .target_user = "5145550199",
            .call_id = "call@phone",
            .cseq = 20,
            .content_type = std::move(type),
            .body = std::move(body)};
  }
  static sip::Request text(std::string words) { return request("text/plain", std::move(words)); }

  /// The status and phrase that the phone hears.
  using Heard = std::pair<int, std::string>;
  Heard send(sip::Request request) { return begin(std::move(request)).get(); }
  std::future<Heard> begin(sip::Request request) {
    const auto answer = std::make_shared<std::promise<Heard>>();
    outbound_->on_message(std::move(request),
                          sip::Responder([this, answer](int status, std::string phrase, std::chrono::seconds wait) {
                            wait_ = wait;
                            answer->set_value({status, std::move(phrase)});
                          }));
    return answer->get_future();
  }
  [[nodiscard]] std::vector<store::Summary> stored() { return store_->list(100, false).value(); }

  /// With the settings as they are now.
  sip::Request numbered(int number) {
    static_cast<void>(world());
    auto message = text("hello");
    message.cseq = number;
    return message;
  }

  std::unique_ptr<Outbound> outbound_;
  std::chrono::seconds wait_{};  ///< That the last answer asked for.
};

TEST_F(OutboundTest, WhoTheProxySaysHasLoggedInIsWhoItIsFrom) {
  auto forged = text("forged");
  forged.asserted = {kAlice, "100000_bob"};  // a phone may have said the first itself
  EXPECT_EQ(send(forged).first, 403);
  EXPECT_THAT(stored(), IsEmpty());
  settings_.heeds_assertions = false;
  static_cast<void>(world());
  EXPECT_EQ(send(forged).first, 202);
  settings_.heeds_assertions = true;
  static_cast<void>(world());
  auto genuine = text("genuine");
  genuine.call_id = "another@phone";
  genuine.asserted = {kAlice, kAlice};
  EXPECT_EQ(send(genuine).first, 202);
}

TEST_F(OutboundTest, ATextIsInTheStoreWhenThePhoneHearsYes) {
  EXPECT_EQ(send(text("hello")).first, 202);
  const auto messages = stored();
  ASSERT_THAT(messages, SizeIs(1));
  EXPECT_EQ(messages[0].account, kAlice);
  EXPECT_EQ(messages[0].peer, "5145550199");
  const auto sending = carrier_.tries.pop();
  ASSERT_TRUE(sending) << "and it is on its way at once";
  EXPECT_EQ(sending->job.text, "hello");
}

TEST_F(OutboundTest, TheSameAgainIsAnsweredAgainAndStoredOnce) {
  EXPECT_EQ(send(text("hello")).first, 202);
  EXPECT_EQ(send(text("hello")).first, 202);
  EXPECT_THAT(stored(), SizeIs(1));
  auto another = text("hello");
  another.cseq = 21;
  EXPECT_EQ(send(another).first, 202);
  EXPECT_THAT(stored(), SizeIs(2)) << "the same words twice are two messages";
}

TEST_F(OutboundTest, ThatSomebodyIsTypingIsTakenAndDropped) {
  const std::string typing = "<?xml version=\"1.0\"?><isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\"/>";
  EXPECT_EQ(send(request("application/im-iscomposing+xml", typing)).first, 200);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(OutboundTest, WhoIsNoneOfOursIsRefused) {
  auto strange = text("hello");
  strange.from_user = "100000_mallory";
  EXPECT_EQ(send(strange).first, 403);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(OutboundTest, WhatCanGoNowhereIsRefusedAtOnceAndItsSenderToldWhy) {
  auto nowhere = text("hello");
  nowhere.target_user = "109";
  for (int time = 0; time < 2; ++time) EXPECT_EQ(send(nowhere).first, 404);
  const auto notice = phones_.tries.pop();
  ASSERT_TRUE(notice);
  EXPECT_EQ(notice->job.text, "Not delivered to 109: No such extension");
  EXPECT_EQ(notice->job.destination, kAlice);
  EXPECT_EQ(notice->job.peer, "109") << "it stands in the conversation that it is about";
  EXPECT_THAT(stored(), SizeIs(1)) << "once, though the phone asked twice";
}

TEST_F(OutboundTest, WhenTooManyWaitThePhoneIsToldToSendItAgainLater) {
  const int waiting = fall_behind(Target::carrier);
  const auto before = store_->list(100'000, false)->size();
  const auto [status, phrase] = send(text("one more"));
  EXPECT_EQ(status, 503);
  EXPECT_THAT(phrase, HasSubstr("again later"));
  EXPECT_EQ(store_->list(100'000, false)->size(), before);
  auto to_bob = text("an extension has a way of its own");
  to_bob.target_user = "102";
  EXPECT_EQ(send(to_bob).first, 202);
  catch_up(Target::carrier, waiting);
  EXPECT_EQ(send(text("now")).first, 202);
}

TEST_F(OutboundTest, WhoSendsTooMuchIsToldWhenToComeAgainAndOthersAreNot) {
  settings_.phone_rate = 3;
  for (int n = 1; n <= 3; ++n) EXPECT_EQ(send(numbered(n)).first, 202);
  for (int n = 4; n <= 6; ++n) {
    EXPECT_EQ(send(numbered(n)), (std::pair(503, std::string("Too many messages, send it again later"))));
    EXPECT_GE(wait_, std::chrono::seconds(1));
    EXPECT_LE(wait_, std::chrono::seconds(20));
  }
  EXPECT_THAT(stored(), SizeIs(3));
  auto of_bob = numbered(1);
  of_bob.from_user = kBob;
  of_bob.from_tag = "another";
  EXPECT_EQ(send(of_bob).first, 202);
  settings_.phone_rate = 0;
  EXPECT_EQ(send(numbered(7)).first, 202) << "the limit is gone with the next message";
}

TEST_F(OutboundTest, AllTogetherHaveALimitToo) {
  settings_.phone_rate = 0;
  settings_.phone_rate_all = 2;
  EXPECT_EQ(send(numbered(1)).first, 202);
  auto of_bob = numbered(2);
  of_bob.from_user = kBob;
  EXPECT_EQ(send(of_bob).first, 202);
  EXPECT_EQ(send(numbered(3)).first, 503);
  of_bob.cseq = 4;
  EXPECT_EQ(send(of_bob).first, 503);
}

TEST_F(OutboundTest, WhatWasTakenHearsSoAgainHoweverMuchComes) {
  settings_.phone_rate = 1;
  EXPECT_EQ(send(numbered(1)).first, 202);
  EXPECT_EQ(send(numbered(2)).first, 503);
  EXPECT_EQ(send(numbered(1)).first, 202) << "the phone has not heard the first yes";
  EXPECT_EQ(wait_, std::chrono::seconds(0));
  EXPECT_THAT(stored(), SizeIs(1));
}

// A phone that was away has as many receipts to send as messages came, and sends none of them twice.
TEST_F(OutboundTest, ReceiptsAreTakenFromWhoMaySendNoMoreMessages) {
  settings_.phone_rate = 2;
  for (int n = 1; n <= 2; ++n) EXPECT_EQ(send(numbered(n)).first, 202);
  EXPECT_EQ(send(numbered(3)).first, 503);
  const std::string receipt =
      "<?xml version=\"1.0\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m</message-id>"
      "<datetime>2026-01-01T00:00:00Z</datetime><delivery-notification><status><delivered/></status>"
      "</delivery-notification></imdn>";
  for (int n = 0; n < 190; ++n) ASSERT_EQ(send(request("message/imdn+xml", receipt)).first, 200) << n;
}

// What can go nowhere is answered with a notice, which is stored.
TEST_F(OutboundTest, WhatCanGoNowhereIsCountedToo) {
  settings_.phone_rate = 2;
  const auto nowhere = [this](int number) {
    auto message = numbered(number);
    message.target_user = "109";
    return send(message).first;
  };
  EXPECT_EQ(nowhere(1), 404);
  EXPECT_EQ(nowhere(2), 404);
  EXPECT_EQ(nowhere(3), 503);
}

TEST_F(OutboundTest, WhatWasAcceptedIsAcceptedAgainHoweverManyWait) {
  EXPECT_EQ(send(text("hello")).first, 202);
  take(carrier_, 1);
  fall_behind(Target::carrier);
  const auto before = store_->list(100'000, false)->size();
  EXPECT_EQ(send(text("hello")).first, 202);
  auto another = text("hello");
  another.cseq = 21;
  EXPECT_EQ(send(another).first, 503) << "it was not accepted before";
  EXPECT_EQ(store_->list(100'000, false)->size(), before);
}

TEST_F(OutboundTest, WhatWaitsForTheDiskHasAnEnd) {
  settings_.phone_rate = settings_.phone_rate_all = 0;
  static_cast<void>(world());
  std::promise<void> disk;
  store_->release("nobody", clock_.now(), [works = disk.get_future().share()](const Result<int>&) { works.wait(); });
  std::vector<std::future<Heard>> answers;
  auto next = [&, to = 0](const char* extension) mutable {
    auto message = text("hello");
    message.target_user = extension;
    message.cseq = ++to;
    answers.push_back(begin(std::move(message)));
    return answers.back().wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  constexpr std::size_t kFarTooMany = 10'000;
  // Some to nobody: what is refused waits too, until it is written down what its sender is told.
  while (!next(answers.size() % 64 == 0 ? "109" : "102") && answers.size() < kFarTooMany) continue;
  EXPECT_GT(answers.size(), 1000U);
  ASSERT_LT(answers.size(), kFarTooMany);
  EXPECT_EQ(answers.back().get().first, 503);
  answers.pop_back();
  disk.set_value();
  for (std::size_t n = 0; n < answers.size(); ++n) EXPECT_EQ(answers[n].get().first, n % 64 == 0 ? 404 : 202) << n;
  next("102");
  EXPECT_EQ(answers.back().get().first, 202) << "there is room again";
}

// Receipts are sent once: those that are refused, phones never send again.
TEST_F(OutboundTest, WhatIsSmallGetsInWhenWhatIsLargeHasFilledTheRoom) {
  settings_.phone_rate = settings_.phone_rate_all = 0;
  static_cast<void>(world());
  std::promise<void> disk;
  store_->release("nobody", clock_.now(), [works = disk.get_future().share()](const Result<int>&) { works.wait(); });
  std::vector<std::pair<std::future<Heard>, int>> answers;
  const auto is_refused = [&](sip::Request message, int status) {
    message.target_user = "102";
    message.cseq = static_cast<int>(answers.size()) + 1;
    auto answer = begin(std::move(message));
    if (answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready) return answer.get().first == 503;
    answers.emplace_back(std::move(answer), status);
    return false;
  };
  const std::string large(60'000, 'x');
  while (!is_refused(text(large), 202) && answers.size() < 1000) continue;
  ASSERT_LT(answers.size(), 1000U);
  EXPECT_GT(answers.size(), 200U);
  const std::string receipt =
      "<?xml version=\"1.0\"?><imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>m</message-id>"
      "<datetime>2026-01-01T00:00:00Z</datetime><delivery-notification><status><delivered/></status>"
      "</delivery-notification></imdn>";
  for (int n = 0; n < 100; ++n) {
    ASSERT_FALSE(is_refused(request("message/imdn+xml", receipt), 200)) << n;
    ASSERT_FALSE(is_refused(text("hello"), 202)) << n;
    ASSERT_FALSE(is_refused(text(std::string(4096, 'x')), 202)) << n;
  }
  EXPECT_TRUE(is_refused(text(large), 0)) << "it is full for these";
  const auto before = answers.size();
  while (!is_refused(text("hello"), 202) && answers.size() < 10'000) continue;
  EXPECT_LT(answers.size(), before + 1000) << "and has an end for those as well";
  disk.set_value();
  for (auto& [answer, status] : answers) EXPECT_EQ(answer.get().first, status);
}

TEST_F(OutboundTest, AFileThatIsGoneIsSaid) {
  const std::string url = Links(world()).to(BlobId::make(random_), "image/png", clock_.now(), kAlice);
  const std::string xml = formats::write_rcs_files({{.name = "a.png", .type = "image/png", .size = 9, .url = url}});
  const auto [status, phrase] = send(request(std::string(formats::kRcsFileType), xml));
  EXPECT_EQ(status, 410);
  EXPECT_THAT(phrase, HasSubstr("not here any more"));
  EXPECT_THAT(stored(), IsEmpty());
}

// Who has such a link would be given a new one by sending it to himself.
TEST_F(OutboundTest, WhatALinkDoesNotOpenCannotBeSentOn) {
  store::Blob blob{.id = BlobId::make(random_), .type = "image/png", .size = 9};
  blob.until = clock_.now() + std::chrono::hours(100);
  std::promise<void> added;
  store_->add_blob(blob, [&](const Result<bool>&) { added.set_value(); });
  added.get_future().get();
  const std::string good = Links(world()).to(blob.id, blob.type, blob.until, kAlice);
  const auto status_of = [&](const std::string& url, int cseq) {
    const std::string xml = formats::write_rcs_files({{.name = "a.png", .type = "image/png", .size = 9, .url = url}});
    auto message = request(std::string(formats::kRcsFileType), xml);
    message.cseq = cseq;
    return send(message).first;
  };
  EXPECT_EQ(status_of(good, 1), 202);
  std::string changed = good;
  char& last = changed[good.size() - std::string_view("x.png").size()];
  last = last == 'A' ? 'B' : 'A';
  EXPECT_EQ(status_of(changed, 2), 410);
  EXPECT_EQ(status_of(settings_.media_base + "/" + blob.id.str() + ".png", 3), 410) << "it is no file of old";
  EXPECT_EQ(status_of(settings_.media_base + "/nonsense", 4), 410);
  link_keys_.replace(media::LinkKeys({.secret = "of this test"}, {}, {{.recipient = kAlice, .generation = 1}}));
  EXPECT_EQ(status_of(good, 5), 410) << "revoked";
  EXPECT_THAT(stored(), SizeIs(1));
}

TEST_F(OutboundTest, NothingAndNonsenseAreBadRequests) {
  EXPECT_EQ(send(text("")).first, 400);
  EXPECT_EQ(send(request(std::string(formats::kRcsFileType), "<file><file-info")).first, 400);
  EXPECT_EQ(send(request("multipart/mixed; boundary=b", "no part of it")).first, 400);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(OutboundTest, ATypeWithinThatWeDoNotTakeIsUnsupported) {
  const std::string wrapped =
      "From: <sip:100000_alice@example.org>\r\nTo: <sip:5145550199@example.org>\r\n\r\n"
      "Content-Type: application/pgp-encrypted\r\n\r\nsecret";
  EXPECT_EQ(send(request("message/cpim", wrapped)).first, 415);
  EXPECT_THAT(stored(), IsEmpty());
}

TEST_F(OutboundTest, WhatCannotBeStoredIsForThePhoneToKeep) {
  std::filesystem::rename(folder_.file("m.sqlite"), folder_.file("elsewhere.sqlite"));
  EXPECT_EQ(send(text("hello")).first, 503);
  std::filesystem::rename(folder_.file("elsewhere.sqlite"), folder_.file("m.sqlite"));
  EXPECT_EQ(send(text("hello")).first, 202) << "and when it is back, so are we";
}

}  // namespace
}  // namespace mmsgate::gateway
